package org.ambispike.paper;

import java.util.List;

/**
 * How much of the images a profile takes, and what it reports.
 *
 * @param trainingImages the first of those to train on, at most
 * @param testImages the first of those to measure on, at most
 * @param reported the numbers of time steps in tables, ascending
 * @param throughout whether every calibrated network is followed through all of them, rather than to twice the T that it is for
 */
public record Scope(int trainingImages, int testImages, List<Integer> reported, boolean throughout) {
    public Scope {
        reported = List.copyOf(reported);
    }

    /** All images. */
    static Scope all(List<Integer> reported, boolean throughout) {
        return new Scope(Integer.MAX_VALUE, Integer.MAX_VALUE, reported, throughout);
    }

    /**
     * Returns the T at which a network is measured. The one for the largest T is what one would use beyond it, so it is
     * followed through all.
     *
     * @param calibratedFor 0 for none
     */
    List<Integer> reported(int calibratedFor) {
        boolean whole =
                throughout || calibratedFor == 0 || calibratedFor >= Measurements.largest(Reproduction.CALIBRATED);
        return reported.stream()
                .filter(steps -> whole || steps <= 2 * calibratedFor)
                .toList();
    }

    /** Returns a context with as many images; validation is on as many as the test. */
    RunContext applyTo(RunContext context) {
        return context.first(trainingImages, testImages);
    }
}
