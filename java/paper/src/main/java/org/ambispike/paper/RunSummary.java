package org.ambispike.paper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.data.Dataset;
import org.ambispike.data.Published;
import org.ambispike.run.EnergyEstimate;

/**
 * The result of one reproduction: what {@code summary.json} holds, by the same names. Accuracies are fractions of the
 * test images; a figure that was not measured is NaN (null in the file), a part that was not run an empty list.
 *
 * @param annAccuracy of the trained ANN
 * @param clippedAnnAccuracy after threshold optimisation, that is of the ANN that is converted
 * @param timeSteps every network at every T
 * @param layers of the network calibrated for the largest T that was calibrated up to 4
 * @param wallSeconds by stage, in order
 * @param settings name to value of what the recipe left to choose, in the order to show them
 * @param command that repeats the run
 */
public record RunSummary(
        String network,
        String dataset,
        String recipe,
        String profile,
        String device,
        String precision,
        long seed,
        int threads,
        String commit,
        int testImages,
        double annAccuracy,
        double clippedAnnAccuracy,
        List<TimeStepResult> timeSteps,
        List<LayerResult> layers,
        List<ActivationHistogram> histograms,
        List<LayerActivity> activity,
        List<EnergyEstimate> energy,
        List<Ablation> ablations,
        Map<String, Double> wallSeconds,
        Map<String, String> settings,
        String command) {
    /** The setting that says how many of how many test images were measured. */
    static final String TEST_IMAGES = "test images";

    /** Copies the collections, keeping their order. */
    public RunSummary {
        timeSteps = List.copyOf(timeSteps);
        layers = List.copyOf(layers);
        histograms = List.copyOf(histograms);
        activity = List.copyOf(activity);
        energy = List.copyOf(energy);
        ablations = List.copyOf(ablations);
        wallSeconds = Collections.unmodifiableMap(new LinkedHashMap<>(wallSeconds));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** Returns how many of how many test images accuracies are of, such as {@code 2,000 of 10,000 images}. */
    public String measuredImages() {
        int all = Published.of(dataset).map(Published::testImages).orElse(testImages);
        return settings.getOrDefault(TEST_IMAGES, Dataset.portion(testImages, Math.max(testImages, all)));
    }
}
