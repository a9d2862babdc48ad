package org.ambispike;

import java.nio.FloatBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Answers for images: a {@link SpikingSession} for one thread at a time, or a {@link SessionPool} for many. Programs that take one
 * can be tested with another of two methods, whose results the constructors of {@link SpikingResult} make.
 */
public interface Predictor extends AutoCloseable {
    /** Returns what is run. */
    SpikingModel model();

    /**
     * Runs images for at most T time steps each, fewer where the rule finds the answer settled.
     *
     * @param images any number of at least 1; more than the batch of a session are split
     * @param timeSteps T, from 1 to the largest of the session
     * @param rule {@link ExitRule#never} for a network without classes
     * @throws IllegalArgumentException if images do not fit or T is out of range
     * @throws IllegalStateException if this is closed
     */
    SpikingResult run(Images images, int timeSteps, ExitRule rule);

    /** Runs images for T time steps. */
    default SpikingResult run(Images images, int timeSteps) {
        return run(images, timeSteps, ExitRule.never());
    }

    /**
     * Runs images for the T that the model was calibrated for.
     *
     * @throws IllegalStateException if it was calibrated for none, see {@link SpikingModel#timeSteps}
     */
    default SpikingResult run(Images images) {
        return run(images, model().timeSteps());
    }

    /** Runs images [N, H, W, C] for at most T time steps each, fewer where the rule finds the answer settled. */
    default SpikingResult run(FloatBuffer images, int timeSteps, ExitRule rule) {
        return run(Images.of(images), timeSteps, rule);
    }

    /** Runs images [N, H, W, C] for T time steps. */
    default SpikingResult run(FloatBuffer images, int timeSteps) {
        return run(Images.of(images), timeSteps);
    }

    /** Runs images [N, H, W, C] for the T that the model was calibrated for. */
    default SpikingResult run(FloatBuffer images) {
        return run(Images.of(images));
    }

    /**
     * Runs images on a thread of the pool's; a session computes before it returns. What {@link #run(Images, int, ExitRule)} throws
     * while it computes is what the future fails with.
     */
    default CompletableFuture<SpikingResult> runAsync(Images images, int timeSteps, ExitRule rule) {
        try {
            return CompletableFuture.completedFuture(run(images, timeSteps, rule));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Does the same for T time steps. */
    default CompletableFuture<SpikingResult> runAsync(Images images, int timeSteps) {
        return runAsync(images, timeSteps, ExitRule.never());
    }

    /** Does the same for the T that the model was calibrated for. */
    default CompletableFuture<SpikingResult> runAsync(Images images) {
        return runAsync(images, model().timeSteps());
    }

    /** Frees what it holds. */
    @Override
    void close();
}
