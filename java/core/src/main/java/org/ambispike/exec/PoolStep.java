package org.ambispike.exec;

import org.ambispike.backend.PoolKernel;
import org.ambispike.exec.MemoryPlan.Slot;

/** Average pooling over all images and steps. */
final class PoolStep extends Step {
    private final PoolKernel kernel;

    PoolStep(PoolKernel kernel, Slot input, Slot output) {
        super(input, output);
        this.kernel = kernel;
    }

    @Override
    void forward() {
        kernel.forward(input().buffer(), output().buffer());
    }

    @Override
    void backward() {
        inputGradient().ifPresent(slot -> kernel.backward(outputGradient().buffer(), slot.buffer()));
    }

    @Override
    public void close() {
        kernel.close();
    }
}
