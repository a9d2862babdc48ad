package org.ambispike.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.data.Dataset;
import org.ambispike.io.SavedModel;
import org.ambispike.result.TimeStepResult;

/** The entry of a model's provenance that tells how accurate it is; what is made from the model does not inherit it. */
final class MeasuredAccuracy {
    private static final String KEY = "accuracy";

    private final Dataset images;

    /** @param images that accuracy is measured on */
    MeasuredAccuracy(Dataset images) {
        this.images = images;
    }

    /** An ANN with the entry. */
    SavedModel of(SavedModel ann, double accuracy) {
        return with(ann, fraction(accuracy));
    }

    /** A spiking network with the entry, one fraction for each T. */
    SavedModel of(SavedModel snn, List<TimeStepResult> results) {
        return with(
                snn,
                results.stream()
                        .map(row -> fraction(row.accuracy()) + " at T = " + row.timeSteps())
                        .collect(Collectors.joining(", ")));
    }

    /** Provenance for a model that is made from one with this provenance. */
    static Map<String, String> inherited(Map<String, String> provenance) {
        Map<String, String> rest = new LinkedHashMap<>(provenance);
        rest.remove(KEY);
        return rest;
    }

    private SavedModel with(SavedModel model, String fractions) {
        Map<String, String> provenance = inherited(model.info().provenance());
        provenance.put(KEY, fractions + "; on " + images.size() + " test images of " + images.name());
        return new SavedModel(model.graph(), model.weights(), model.info().withProvenance(provenance));
    }

    private static String fraction(double accuracy) {
        return String.format(Locale.ROOT, "%.4f", accuracy);
    }
}
