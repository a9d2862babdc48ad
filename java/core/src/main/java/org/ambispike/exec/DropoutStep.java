package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.TrainingKernels;
import org.ambispike.exec.MemoryPlan.Slot;

/** Dropout while training; an executor for inference leaves it out. */
final class DropoutStep extends Step {
    private final TrainingKernels training;
    private final Slot seed;
    private final double probability;
    private final long salt;
    private final long count;

    /** @param seed of the masks of a pass, [2] 64-bit integers */
    DropoutStep(Backend backend, Slot seed, double probability, long salt, long count, Slot input, Slot output) {
        super(input, output);
        this.training = backend.training();
        this.seed = seed;
        this.probability = probability;
        this.salt = salt;
        this.count = count;
    }

    @Override
    boolean worksInPlace() {
        return true;
    }

    @Override
    void forward() {
        apply(input().buffer(), output().buffer());
    }

    @Override
    void backward() {
        DeviceBuffer gradient = outputGradient().buffer();
        apply(gradient, gradient);
    }

    private void apply(DeviceBuffer source, DeviceBuffer target) {
        training.dropout(source, target, seed.buffer(), count, probability, salt);
    }
}
