package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.exec.MemoryPlan.Slot;

/** The last layer does not fire: the logits after t steps are its mean drive over them. */
final class TimeMeanStep extends Step {
    private final LinearAlgebra linear;
    private final long count;
    private final int steps;

    TimeMeanStep(Backend backend, long count, int steps, Slot drive, Slot logits) {
        super(drive, logits);
        this.linear = backend.linear();
        this.count = count;
        this.steps = steps;
    }

    @Override
    void forward() {
        linear.runningMean(input().buffer(), output().buffer(), count, steps);
    }

    @Override
    void backward() {
        inputGradient().ifPresent(slot -> linear.spreadMean(outputGradient().buffer(), slot.buffer(), count, steps));
    }
}
