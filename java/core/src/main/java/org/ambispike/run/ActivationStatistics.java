package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;

/** How the activations of an ANN are distributed, by neuron layer. */
public final class ActivationStatistics {
    private static final int BATCH = 100;

    private ActivationStatistics() {}

    /**
     * Runs the images through the network twice: for the extremes, and for the counts between them.
     *
     * @param graph an ANN
     * @return by name of the neuron layer
     */
    public static Map<String, Distribution> measure(Backend backend, Graph graph, Weights weights, Dataset images) {
        Map<String, Distribution> distributions = new LinkedHashMap<>();
        graph.neurons().forEach(neuron -> distributions.put(neuron.name(), new Distribution()));
        int batch = Math.min(BATCH, images.size());
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(
                        backend,
                        graph,
                        store,
                        ExecutionOptions.inference(batch, 1).withRates());
                Batches batches = Batches.open(images, BatchOptions.inOrder(batch))) {
            for (boolean extremes : new boolean[] {true, false}) {
                batches.start(0);
                while (batches.advance()) {
                    executor.input(batches.current().images(), batches.current().count());
                    executor.forward();
                    for (Node neuron : graph.neurons()) {
                        float[] values = new float
                                [Math.toIntExact(graph.shape(neuron.name()).elements()
                                        * batches.current().count())];
                        backend.memory().download(executor.rate(neuron.name()), values, 0, values.length);
                        Distribution distribution = distributions.get(neuron.name());
                        if (extremes) {
                            distribution.widen(values);
                        } else {
                            distribution.count(values);
                        }
                    }
                }
            }
        }
        return distributions;
    }
}
