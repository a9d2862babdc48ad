package org.ambispike.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.SpikingModel;

/**
 * Accuracy of a run's networks at many T, to find the least that is enough. A network that was calibrated is followed up to
 * the T that the next was calibrated for, the last one to four times its own.
 */
final class AccuracyCurves {
    private static final int AFTER_LAST = 4;
    /** Every T up to here is kept, beyond it one in {@link #COARSE}, beyond {@link #LONG} one in {@link #COARSER}. */
    private static final int FINE = 32;

    private static final int COARSE = 4;
    private static final int LONG = 64;
    private static final int COARSER = 16;

    private final Measurements measurements;
    private final Pipeline.Models models;
    private final List<Integer> calibrated;
    private final int last;

    /** @param longest T of the network that is not calibrated, where there are no others */
    AccuracyCurves(Measurements measurements, Pipeline.Models models, int longest) {
        this.measurements = measurements;
        this.models = models;
        this.calibrated = List.copyOf(models.calibrated().keySet());
        this.last =
                calibrated.isEmpty() ? longest : Math.min(longest, AFTER_LAST * calibrated.get(calibrated.size() - 1));
    }

    /** The T that a calibrated network is followed to. */
    private int until(int index) {
        return index + 1 < calibrated.size() ? calibrated.get(index + 1) - 1 : Math.max(calibrated.get(index), last);
    }

    /** The sum of T over all passes. */
    long timeSteps() {
        return last
                + IntStream.range(0, calibrated.size()).mapToLong(this::until).sum();
    }

    List<TimeStepResult> measure() {
        List<TimeStepResult> rows = new ArrayList<>();
        add(rows, models.snn(), 0, 1, last);
        measurements.says("not calibrated");
        for (int index = 0; index < calibrated.size(); index++) {
            int own = calibrated.get(index);
            add(rows, models.calibrated().get(own), own, own, until(index));
            measurements.says("calibrated for T = " + own);
        }
        return rows;
    }

    private void add(List<TimeStepResult> rows, SpikingModel snn, int calibratedFor, int from, int until) {
        double[] accuracies = measurements.accuracies(snn, until);
        for (int steps = from; steps <= until; steps++) {
            if (steps <= FINE || steps % (steps <= LONG ? COARSE : COARSER) == 0) {
                rows.add(new TimeStepResult(steps, calibratedFor, accuracies[steps - 1], Double.NaN));
            }
        }
    }
}
