package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.exec.MemoryPlan.Slot;

/** Max pooling through all T steps, or through one a pass: then the summed drives lie in a carry from pass to pass. */
final class MaxPoolStep extends Step {
    private final NeuronKernels kernels;
    private final RunState state;
    private final MaxPoolLayout layout;
    private final Optional<Slot> sums;
    private final Optional<Slot> argmax;
    private DeviceBuffer carry = DeviceBuffer.absent();
    private DeviceBuffer places = DeviceBuffer.absent();

    /**
     * Plans the pool.
     *
     * @param sums [images, H, W, C], where the run is streamed
     * @param argmax [T, images, H', W', C] bytes, for the backward pass
     */
    MaxPoolStep(
            NeuronKernels kernels,
            RunState state,
            MaxPoolLayout layout,
            Optional<Slot> sums,
            Optional<Slot> argmax,
            StepBuffers buffers) {
        super(buffers);
        this.kernels = kernels;
        this.state = state;
        this.layout = layout;
        this.sums = sums;
        this.argmax = argmax;
    }

    /** Buffers are looked up here, so that passes make no objects. */
    @Override
    void attach() {
        carry = Slot.buffer(sums);
        places = Slot.buffer(argmax);
    }

    @Override
    void forward() {
        boolean resume = !carry.isAbsent() && state.time() > 0;
        kernels.maxPoolForward(layout, input().buffer(), carry, output().buffer(), places, resume);
    }

    @Override
    void backward() {
        inputGradient()
                .ifPresent(
                        slot -> kernels.maxPoolBackward(layout, outputGradient().buffer(), places, slot.buffer()));
    }
}
