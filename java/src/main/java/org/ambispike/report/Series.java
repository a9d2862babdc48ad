package org.ambispike.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.ambispike.result.TimeStepResult;

/** The named results of one network by T, and how to sort a list of results into such. */
record Series(String name, List<TimeStepResult> results) {
    /** A series for each {@code calibratedFor}, rising, the uncalibrated network first. */
    static List<Series> of(List<TimeStepResult> results) {
        return new TreeSet<>(results.stream().map(TimeStepResult::calibratedFor).toList())
                .stream()
                        .map(calibratedFor -> new Series(
                                Format.calibration(calibratedFor),
                                results.stream()
                                        .filter(r -> r.calibratedFor() == calibratedFor)
                                        .toList()))
                        .toList();
    }

    /** The distinct T of these results, rising. */
    static List<Integer> timeSteps(List<TimeStepResult> results) {
        return List.copyOf(
                new TreeSet<>(results.stream().map(TimeStepResult::timeSteps).toList()));
    }

    /** Accuracy at T; empty if this network was not measured there. */
    OptionalDouble accuracyAt(int timeSteps) {
        return results.stream()
                .filter(r -> r.timeSteps() == timeSteps)
                .mapToDouble(TimeStepResult::accuracy)
                .findFirst();
    }
}
