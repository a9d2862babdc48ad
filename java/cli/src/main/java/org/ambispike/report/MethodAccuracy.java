package org.ambispike.report;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/**
 * What a method reaches at each T: that of the network that was calibrated for the largest T up to it, or of the only
 * one where none was. The choice does not look at the accuracy.
 */
record MethodAccuracy(RunSummary run) {
    /** How near the ANN, as a fraction, is near enough. */
    static final double NEAR = 0.001;

    /** The better of the ANN as trained and as converted: what the spiking network is measured against. */
    double ann() {
        return Double.isNaN(run.clippedAnnAccuracy())
                ? run.annAccuracy()
                : Math.max(run.annAccuracy(), run.clippedAnnAccuracy());
    }

    /** NaN where it was not measured. */
    double at(int timeSteps) {
        return run.timeSteps().stream()
                .filter(row -> row.timeSteps() == timeSteps && row.calibratedFor() <= timeSteps)
                .max(Comparator.comparingInt(TimeStepResult::calibratedFor))
                .map(TimeStepResult::accuracy)
                .orElse(Double.NaN);
    }

    /** The network that was not calibrated; NaN where it was not measured. */
    double uncalibratedAt(int timeSteps) {
        return run.timeSteps().stream()
                .filter(row -> row.timeSteps() == timeSteps && row.calibratedFor() == 0)
                .mapToDouble(TimeStepResult::accuracy)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The measured T, ascending. */
    List<Integer> timeSteps() {
        return Series.timeSteps(run.timeSteps());
    }

    /** The least measured T at which the spiking network is near its ANN, if it comes near. */
    OptionalInt leastTimeSteps() {
        return timeSteps().stream()
                .mapToInt(Integer::intValue)
                .filter(steps -> at(steps) >= ann() - NEAR)
                .findFirst();
    }

    int longest() {
        List<Integer> measured = timeSteps();
        return measured.get(measured.size() - 1);
    }
}
