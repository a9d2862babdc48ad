package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;

/** Dropout while training; an executor for inference leaves it out. */
final class DropoutStep implements Step {
    private final Backend backend;
    private final RunState state;
    private final double probability;
    private final long salt;
    private final long count;
    private final Slot input;
    private final Slot output;
    private Slot gradient;

    DropoutStep(Backend backend, RunState state, double probability, long salt, long count, Slot input, Slot output) {
        this.backend = backend;
        this.state = state;
        this.probability = probability;
        this.salt = salt;
        this.count = count;
        this.input = input;
        this.output = output;
    }

    /** The gradient is changed in place. */
    void gradient(Slot slot) {
        gradient = slot;
    }

    @Override
    public void forward() {
        backend.dropout(
                input.buffer(), output.buffer(), count, probability, state.dropoutSeed() + salt, state.dropoutOffset());
    }

    @Override
    public void backward() {
        backend.dropout(
                gradient.buffer(),
                gradient.buffer(),
                count,
                probability,
                state.dropoutSeed() + salt,
                state.dropoutOffset());
    }
}
