package org.ambispike.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.common.InputException;

/**
 * A network whose batch normalisations have gone into the weights and biases of the layers before them: it computes, but
 * for rounding, what the other computes with its running statistics. Immutable.
 *
 * @param notes one line for each node that was folded
 */
public record BatchNormFolding(Network network, List<String> notes) {
    public Graph graph() {
        return network.graph();
    }

    public Weights weights() {
        return network.weights();
    }

    /**
     * Folds every batch normalisation; a network without one stays as it is.
     *
     * @throws InputException naming the node, if it follows no convolution or linear layer, or one whose values other
     *     nodes read as well
     */
    public static BatchNormFolding of(Network ann) {
        Graph graph = ann.graph();
        List<String> notes = new ArrayList<>();
        Map<String, HostTensor> tensors = new LinkedHashMap<>(ann.weights().tensors());
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.BatchNorm norm) {
                Node layer = graph.node(node.inputs().get(0));
                requireFoldable(graph, node, layer);
                fold(node, norm, layer, tensors);
                notes.add(node.name() + ": batch normalisation folded into " + layer.name());
            }
        }
        if (notes.isEmpty()) {
            return new BatchNormFolding(ann, List.of());
        }
        Graph folded = graph.map(node -> node.op() instanceof Op.BatchNorm ? Optional.empty() : Optional.of(node));
        return new BatchNormFolding(new Network(folded, new Weights(tensors)), List.copyOf(notes));
    }

    private static void requireFoldable(Graph graph, Node norm, Node layer) {
        if (!(layer.op() instanceof Op.Conv2d || layer.op() instanceof Op.Linear)) {
            throw new InputException("batch normalisation '" + norm.name() + "' follows '" + layer.name()
                    + "'; only one that follows a convolution or a linear layer can be folded into it");
        }
        long readers = graph.nodes().stream()
                .filter(node -> node.inputs().contains(layer.name()))
                .count();
        if (readers > 1) {
            throw new InputException("batch normalisation '" + norm.name() + "' cannot be folded into '" + layer.name()
                    + "', whose values other nodes read too");
        }
    }

    private static void fold(Node node, Op.BatchNorm norm, Node layer, Map<String, HostTensor> tensors) {
        float[] gamma = tensors.remove(node.parameter("gamma")).values();
        float[] beta = tensors.remove(node.parameter("beta")).values();
        float[] mean = tensors.remove(node.parameter("mean")).values();
        float[] variance = tensors.remove(node.parameter("variance")).values();
        HostTensor weight = tensors.get(layer.parameter("weight")).copy();
        HostTensor bias = tensors.get(layer.parameter("bias")).copy();
        int fanIn = weight.values().length / gamma.length;
        for (int out = 0; out < gamma.length; out++) {
            double scale = gamma[out] / Math.sqrt(variance[out] + norm.epsilon());
            for (int index = out * fanIn; index < (out + 1) * fanIn; index++) {
                weight.values()[index] = (float) (weight.values()[index] * scale);
            }
            bias.values()[out] = (float) ((bias.values()[out] - mean[out]) * scale + beta[out]);
        }
        tensors.put(layer.parameter("weight"), weight);
        tensors.put(layer.parameter("bias"), bias);
    }
}
