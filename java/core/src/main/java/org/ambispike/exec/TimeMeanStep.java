package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;

/** The last layer does not fire: the logits after t steps are its mean drive over them. */
final class TimeMeanStep extends Step {
    private final Backend backend;
    private final long count;
    private final int steps;

    TimeMeanStep(Backend backend, long count, int steps, Slot drive, Slot logits) {
        super(drive, logits);
        this.backend = backend;
        this.count = count;
        this.steps = steps;
    }

    @Override
    void forward() {
        backend.runningMean(input().buffer(), output().buffer(), count, steps);
    }

    @Override
    void backward() {
        inputGradient().ifPresent(slot -> backend.spreadMean(outputGradient().buffer(), slot.buffer(), count, steps));
    }
}
