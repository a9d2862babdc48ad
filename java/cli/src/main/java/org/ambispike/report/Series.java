package org.ambispike.report;

import java.util.List;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.ambispike.paper.TimeStepResult;

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

    /** A value of this network at T; NaN if it was not measured there. */
    double at(int timeSteps, ToDoubleFunction<TimeStepResult> value) {
        return results.stream()
                .filter(r -> r.timeSteps() == timeSteps)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }
}
