package org.ambispike.io;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Weights;

/**
 * A network as it is saved and loaded.
 *
 * @param network with exactly the weights of its graph, all finite
 */
public record SavedModel(Network network, ModelInfo info) {
    /** @throws IllegalArgumentException saying which of graph, weights and info does not fit the others */
    public SavedModel {
        Graph graph = network.graph();
        Weights weights = network.weights();
        graph.check(weights);
        Set<String> parameters = graph.parameterShapes().keySet();
        for (String name : weights.tensors().keySet()) {
            if (!parameters.contains(name)) {
                throw new IllegalArgumentException(
                        "parameter " + FileFault.quoted(name) + " belongs to no node of the graph");
            }
        }
        int names = info.classNames().size();
        if (names != 0
                && graph.outputs().stream().noneMatch(output -> output.shape().extent(-1) == names)) {
            throw new IllegalArgumentException(names + " class names for " + described(graph));
        }
        int channels = info.normalisation().mean().size();
        if (channels != graph.inputShape().extent(-1)) {
            throw new IllegalArgumentException(
                    "normalisation of " + channels + " channels for an input of shape " + graph.inputShape());
        }
    }

    private static String described(Graph graph) {
        return graph.hasClasses() ? graph.classes() + " classes" : "the channels of " + graph.outputs();
    }

    /** The same from its parts. */
    public SavedModel(Graph graph, Weights weights, ModelInfo info) {
        this(new Network(graph, weights), info);
    }

    public Graph graph() {
        return network.graph();
    }

    public Weights weights() {
        return network.weights();
    }

    /** {@code snn} if the network spikes, else {@code ann}. */
    public String kind() {
        return graph().isSpiking() ? "snn" : "ann";
    }

    /** Returns the same with an entry more of its provenance, at the end. */
    public SavedModel withProvenance(String key, String value) {
        Map<String, String> entries = new LinkedHashMap<>(info.provenance());
        entries.remove(key);
        entries.put(key, value);
        return new SavedModel(network, info.withProvenance(entries));
    }
}
