package org.ambispike.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Normalisation;

/**
 * What a model file says about its network beside graph and weights.
 *
 * @param network name, for example {@code net4}
 * @param dataset name of the data it was trained on, for example {@code fashion-mnist}; {@link #UNKNOWN} if blank
 * @param normalisation of the input, by channel
 * @param classNames by class; empty where they are unknown
 * @param calibratedFor the numbers of time steps T that it was calibrated for, ascending; empty for none
 * @param provenance how it was made, in order: commit, recipe, profile, seed, accuracies and the like
 */
public record ModelInfo(
        String network,
        String dataset,
        Normalisation normalisation,
        List<String> classNames,
        List<Integer> calibratedFor,
        Map<String, String> provenance) {
    /** What is said of data that nobody named. */
    public static final String UNKNOWN = "not known";
    /** The entry of the provenance that tells how accurate the model is; what is made from the model does not inherit it. */
    public static final String ACCURACY = "accuracy";

    /** @throws IllegalArgumentException if a T is below 1 or the list of them does not ascend */
    public ModelInfo {
        dataset = dataset.isBlank() ? UNKNOWN : dataset;
        classNames = List.copyOf(classNames);
        calibratedFor = List.copyOf(calibratedFor);
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
        int previous = 0;
        for (int timeSteps : calibratedFor) {
            if (timeSteps <= previous) {
                throw new IllegalArgumentException(
                        "the time steps calibrated for must be positive and ascend, got " + calibratedFor);
            }
            previous = timeSteps;
        }
        if (provenance.containsKey(null) || provenance.containsValue(null)) {
            throw new IllegalArgumentException("provenance must not hold null");
        }
        for (List<Float> values : List.of(normalisation.mean(), normalisation.deviation())) {
            if (!values.stream().allMatch(Float::isFinite)) {
                throw new IllegalArgumentException("normalisation must be finite, got " + normalisation);
            }
        }
    }

    /** The same with another provenance. */
    public ModelInfo withProvenance(Map<String, String> other) {
        return new ModelInfo(network, dataset, normalisation, classNames, calibratedFor, other);
    }

    /** Returns the same, calibrated for other T. */
    public ModelInfo withCalibratedFor(List<Integer> other) {
        return new ModelInfo(network, dataset, normalisation, classNames, other, provenance);
    }
}
