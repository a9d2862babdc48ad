package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;

/** Measures how the activations of an ANN are distributed, by neuron layer. */
public final class ActivationStatistics {
    private static final int BATCH = 100;

    private ActivationStatistics() {}

    /**
     * Runs the images through the network twice: for the extremes, and for the counts between them.
     *
     * @param ann an ANN
     * @return by name of the neuron layer
     */
    public static Map<String, Distribution> measure(Backend backend, Network ann, Dataset images) {
        Map<String, Distribution> distributions = new LinkedHashMap<>();
        ann.graph().neurons().forEach(neuron -> distributions.put(neuron.name(), new Distribution()));
        PassPlan plan = PassPlan.whole(Math.min(BATCH, images.size()), 1).withRates();
        try (NetworkRunner runner = new NetworkRunner(backend, ann);
                DataPass pass = runner.pass(plan, new Cancellation())) {
            pass.run(images, result -> {
                for (Node neuron : result.graph().neurons()) {
                    distributions.get(neuron.name()).widen(result.rates(neuron));
                }
            });
            pass.run(images, result -> {
                for (Node neuron : result.graph().neurons()) {
                    distributions.get(neuron.name()).count(result.rates(neuron));
                }
            });
        }
        return distributions;
    }
}
