package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;

/** Measures how far a spiking network's firing rates are from the activations of its ANN. */
public final class RateComparison {
    private static final int BATCH = 50;
    /** Images times steps that are computed at once; more steps take smaller batches. */
    private static final int IMAGE_STEPS = 800;

    private RateComparison() {}

    /**
     * Returns the relative error of each neuron layer: the root of the squared difference over the ANN's sum of squares.
     *
     * @param timeSteps T
     * @param images at least one
     */
    public static Map<String, Double> relativeErrors(
            Backend backend, Network ann, Network snn, int timeSteps, Dataset images) {
        int batch = Math.min(Math.min(BATCH, images.size()), Math.max(1, IMAGE_STEPS / timeSteps));
        Map<String, double[]> sums = new LinkedHashMap<>();
        Cancellation never = new Cancellation();
        try (NetworkRunner teacher = new NetworkRunner(backend, ann);
                NetworkRunner student = new NetworkRunner(backend, snn);
                DataPass activations = teacher.pass(PassPlan.whole(batch, 1).withRates(), never);
                DataPass rates = student.pass(PassPlan.whole(batch, timeSteps).withRates(), never)) {
            rates.run(images, result -> {
                PassResult wanted = activations.run(result.images(), result.count());
                for (Node neuron : result.graph().neurons()) {
                    add(
                            sums.computeIfAbsent(neuron.name(), name -> new double[2]),
                            result.rates(neuron),
                            wanted.rates(neuron));
                }
            });
        }
        Map<String, Double> errors = new LinkedHashMap<>();
        sums.forEach((layer, sum) -> errors.put(layer, Math.sqrt(sum[0] / sum[1])));
        return errors;
    }

    private static void add(double[] sums, float[] rates, float[] activations) {
        for (int index = 0; index < rates.length; index++) {
            double difference = rates[index] - activations[index];
            sums[0] += difference * difference;
            sums[1] += (double) activations[index] * activations[index];
        }
    }
}
