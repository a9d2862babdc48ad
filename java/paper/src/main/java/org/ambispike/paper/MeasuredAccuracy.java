package org.ambispike.paper;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.data.Dataset;
import org.ambispike.io.ModelInfo;

/**
 * Adds to models how accurate they are.
 *
 * @param images that accuracy is measured on
 */
record MeasuredAccuracy(Dataset images) {
    AnnModel addTo(AnnModel ann, double accuracy) {
        return ann.withProvenance(ModelInfo.ACCURACY, fraction(accuracy) + on());
    }

    /** Adds one fraction for each T. */
    SpikingModel addTo(SpikingModel snn, List<TimeStepResult> results) {
        return snn.withProvenance(
                ModelInfo.ACCURACY,
                results.stream()
                                .map(row -> fraction(row.accuracy()) + " at T = " + row.timeSteps())
                                .collect(Collectors.joining(", "))
                        + on());
    }

    private String on() {
        return "; on " + images.portion() + " of " + images.name();
    }

    private static String fraction(double accuracy) {
        return String.format(Locale.ROOT, "%.4f", accuracy);
    }
}
