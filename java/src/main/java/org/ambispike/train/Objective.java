package org.ambispike.train;

import org.ambispike.exec.Executor;

/** What a stage minimises. Owns its buffers; used by the backend's thread. */
public interface Objective extends AutoCloseable {
    /** Gives the student its input: the images, unless it is a part of a network. */
    default void input(Executor student, TrainingBatch batch) {
        student.input(batch.images(), batch.count());
    }

    /** Called before the student's forward pass, to set what depends on progress. */
    default void before(Executor student, TrainingBatch batch) {}

    /**
     * Called after the forward pass: writes {@link Executor#logitsGradient} and, where the student was planned with
     * them, all {@link Executor#rateGradient}s.
     */
    StepLoss apply(Executor student, TrainingBatch batch);

    /** Called after the backward pass, and may add to the gradients of parameters. */
    default void after(Executor student) {}

    /** Whether the gradients of rates were written. */
    default boolean usesRateGradients() {
        return false;
    }

    @Override
    default void close() {}
}
