package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;

/** The logits while streaming: the mean of the last layer's drive over the steps so far. */
final class StreamedMeanStep extends InferenceStep {
    private final Backend backend;
    private final RunState state;
    private final Slot sum;

    /** @param sum [N, classes] of the drives so far, kept from pass to pass */
    StreamedMeanStep(Backend backend, RunState state, Slot sum, Slot drive, Slot logits) {
        super(drive, logits);
        this.backend = backend;
        this.state = state;
        this.sum = sum;
    }

    @Override
    void forward() {
        if (state.time() == 0) {
            backend.memory().fill(sum.buffer(), 0);
        }
        backend.linear().add(sum.buffer(), input().buffer(), sum.buffer());
        backend.memory().copy(sum.buffer(), output().buffer());
        // the factor of TimeMeanStep's kernel, to the last bit
        backend.linear().scale(output().buffer(), 1f / (state.time() + 1));
    }
}
