package org.ambispike.convert;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;

/**
 * Moves the max pools of an ANN before the activations that they follow, also through concatenations and copies between. The
 * network computes the same, for an activation never falls where its drive grows; a spiking network converges faster if drives are
 * pooled rather than spikes. An activation that others read too stays for them, and has a copy behind the pool. A pure function;
 * thread-safe.
 */
public final class MaxPools {
    /**
     * A network whose max pools are where they can be.
     *
     * @param copies activations that are copies of others, with those
     */
    record Moved(Network network, Map<String, String> copies) {}

    private MaxPools() {}

    /** Moves each max pool that can be; others stay, and so does a network without one. */
    public static Network beforeActivations(Network ann) {
        return moved(ann).network();
    }

    static Moved moved(Network ann) {
        Graph graph = ann.graph();
        Map<String, String> copies = new LinkedHashMap<>();
        Optional<Graph> next = next(graph, copies);
        while (next.isPresent()) {
            graph = next.get();
            next = next(graph, copies);
        }
        if (graph == ann.graph()) {
            return new Moved(ann, Map.of());
        }
        Weights weights = ann.weights();
        for (Map.Entry<String, String> copy : copies.entrySet()) {
            weights = copied(graph.node(copy.getKey()), ann.graph().node(copy.getValue()), graph, weights);
        }
        return new Moved(Thresholds.ordered(graph, weights), copies);
    }

    private static Optional<Graph> next(Graph graph, Map<String, String> copies) {
        return graph.nodes().stream()
                .filter(node -> node.op() instanceof Op.MaxPool)
                .flatMap(node -> new PoolMove(graph, node, copies).graph().stream())
                .findFirst();
    }

    /** Gives a copy the thresholds of its original. */
    private static Weights copied(Node copy, Node original, Graph graph, Weights weights) {
        Weights result = weights;
        for (Op.Parameter parameter : copy.op().parameters(graph.shape(copy.name()))) {
            HostTensor values = weights.get(original.parameter(parameter.name()));
            result = result.with(copy.parameter(parameter.name()), values.copy());
        }
        return result;
    }

    /** Returns the max pools of a spiking network whose maxima differ from step to step and reach others than neurons: graded values. */
    static List<String> graded(Graph spiking) {
        Set<String> varying = new HashSet<>();
        for (Node node : spiking.nodes()) {
            if (node.op() instanceof Op.Spike || node.inputs().stream().anyMatch(varying::contains)) {
                varying.add(node.name());
            }
        }
        return spiking.nodes().stream()
                .filter(node -> node.op() instanceof Op.MaxPool && varying.contains(node.name()))
                .map(Node::name)
                .filter(name -> !feedsNeurons(spiking, name))
                .toList();
    }

    /** Whether neurons alone read a value, if only by way of further pools, joins and sums. */
    private static boolean feedsNeurons(Graph graph, String name) {
        return graph.output() != graph.node(name)
                && graph.nodes().stream()
                        .filter(node -> node.inputs().contains(name))
                        .allMatch(node ->
                                node.op() instanceof Op.Spike || passes(node.op()) && feedsNeurons(graph, node.name()));
    }

    private static boolean passes(Op op) {
        return op instanceof Op.MaxPool
                || op instanceof Op.Concat
                || op instanceof Op.Add
                || op instanceof Op.Resample
                || op instanceof Op.DepthToSpace;
    }
}
