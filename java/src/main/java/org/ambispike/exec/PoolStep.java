package org.ambispike.exec;

import org.ambispike.backend.PoolKernel;
import org.ambispike.exec.MemoryPlan.Slot;

/** Average pooling over all images and steps. */
final class PoolStep implements Step {
    private final PoolKernel kernel;
    private final Slot input;
    private final Slot output;
    private Slot inputGradient;
    private Slot outputGradient;

    PoolStep(PoolKernel kernel, Slot input, Slot output) {
        this.kernel = kernel;
        this.input = input;
        this.output = output;
    }

    void gradients(Slot ofInput, Slot ofOutput) {
        inputGradient = ofInput;
        outputGradient = ofOutput;
    }

    @Override
    public void forward() {
        kernel.forward(input.buffer(), output.buffer());
    }

    @Override
    public void backward() {
        kernel.backward(outputGradient.buffer(), inputGradient.buffer());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
