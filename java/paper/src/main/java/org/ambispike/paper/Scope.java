package org.ambispike.paper;

import java.util.List;

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

    /** Returns a context with as many images; validation is on as many as the test. */
    RunContext applyTo(RunContext context) {
        return context.first(trainingImages, testImages);
    }
}
