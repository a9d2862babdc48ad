package org.ambispike.recipe;

import java.util.List;
import org.ambispike.data.Dataset;

/**
 * How much of the images a profile takes, and what it reports.
 *
 * @param trainingImages the first of those to train on, at most
 * @param testImages the first of those to measure on, at most
 * @param reported the numbers of time steps in tables, ascending
 */
public record Scope(int trainingImages, int testImages, List<Integer> reported) {
    public Scope {
        reported = List.copyOf(reported);
    }

    /** All images. */
    static Scope all(List<Integer> reported) {
        return new Scope(Integer.MAX_VALUE, Integer.MAX_VALUE, reported);
    }

    /** Validation is on as many images as the test. */
    RunContext applyTo(RunContext context) {
        return new RunContext(
                context.backend(),
                first(context.training(), trainingImages),
                first(context.validation(), testImages),
                first(context.test(), testImages),
                context.seed(),
                context.commit(),
                context.listener(),
                context.cancellation(),
                context.metrics(),
                context.checkpoints(),
                context.resume());
    }

    private static Dataset first(Dataset images, int count) {
        return count < images.size() ? images.slice(0, count) : images;
    }
}
