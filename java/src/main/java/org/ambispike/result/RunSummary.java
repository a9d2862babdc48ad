package org.ambispike.result;

import java.util.List;
import java.util.Map;

/**
 * The result of one reproduction: what {@code summary.json} holds. Accuracies are fractions of the test images.
 *
 * @param annAccuracy of the trained ANN
 * @param clippedAnnAccuracy after threshold optimisation, that is of the ANN that is converted
 * @param timeSteps every network at every T
 * @param layers of the network calibrated for the largest T that was calibrated up to 4
 * @param wallSeconds by stage, in order
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
        Map<String, Double> wallSeconds) {}
