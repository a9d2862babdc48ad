package org.ambispike.paper;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.ambispike.common.Require;

/**
 * How much of the images a profile takes, and what it reports.
 *
 * @param trainingImages the first of those to train on, at most; empty for all
 * @param testImages the first of those to measure on, at most; empty for all
 * @param reported the numbers of time steps in tables, ascending
 * @param throughout whether every calibrated network is followed through all of them, rather than to twice the T that it is for
 */
public record Scope(
        Optional<Integer> trainingImages, Optional<Integer> testImages, List<Integer> reported, boolean throughout) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public Scope {
        trainingImages.ifPresent(images -> Require.atLeast("trainingImages", images, 1));
        testImages.ifPresent(images -> Require.atLeast("testImages", images, 1));
        Require.atLeast("the smallest of reported", Collections.min(reported), 1);
        reported = List.copyOf(reported);
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
        return context.first(trainingImages.orElse(Integer.MAX_VALUE), testImages.orElse(Integer.MAX_VALUE));
    }
}
