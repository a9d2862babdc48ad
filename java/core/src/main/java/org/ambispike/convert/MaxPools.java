package org.ambispike.convert;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * Moves the max pools of an ANN before the activations that they follow. The network computes the same, for an activation
 * never falls where its drive grows; a spiking network converges faster if drives are pooled rather than spikes. A pure
 * function; thread-safe.
 */
public final class MaxPools {
    private MaxPools() {}

    /** Moves each max pool that alone reads an activation; others stay, and so does a network without one. */
    public static Network beforeActivations(Network ann) {
        List<Node> nodes = new ArrayList<>(ann.graph().nodes());
        int at = 0;
        while (at < nodes.size()) {
            int activation = movesBefore(nodes, at);
            if (activation < 0) {
                at++;
            } else {
                swap(nodes, activation, at);
                at = activation;
            }
        }
        Graph moved = new Graph(nodes);
        return moved.equals(ann.graph()) ? ann : Thresholds.ordered(moved, ann.weights());
    }

    /** The place of the activation before a max pool, or -1. */
    private static int movesBefore(List<Node> nodes, int at) {
        Node pool = nodes.get(at);
        if (!(pool.op() instanceof Op.MaxPool)) {
            return -1;
        }
        String source = pool.inputs().get(0);
        long readers = nodes.stream()
                .flatMap(node -> node.inputs().stream())
                .filter(source::equals)
                .count();
        for (int index = 0; readers == 1 && index < at; index++) {
            if (nodes.get(index).name().equals(source) && nodes.get(index).op() instanceof Op.Activation) {
                return index;
            }
        }
        return -1;
    }

    private static void swap(List<Node> nodes, int first, int second) {
        Node activation = nodes.get(first);
        Node pool = nodes.get(second);
        nodes.set(first, new Node(pool.name(), pool.op(), activation.inputs()));
        nodes.set(second, new Node(activation.name(), activation.op(), List.of(pool.name())));
        for (int index = second + 1; index < nodes.size(); index++) {
            Node reader = nodes.get(index);
            List<String> inputs = reader.inputs().stream()
                    .map(input -> input.equals(pool.name()) ? activation.name() : input)
                    .toList();
            nodes.set(index, new Node(reader.name(), reader.op(), inputs));
        }
    }
}
