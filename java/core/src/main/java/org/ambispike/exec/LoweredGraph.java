package org.ambispike.exec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;

/**
 * A graph as it is executed: the nodes that get steps, in order, the input being the first. What is left out (dropout at
 * inference) or done by another step (a sum or max pool before neurons) is not among them. Immutable.
 */
final class LoweredGraph {
    private final Graph graph;
    private final StorageScheme scheme;
    private final Map<String, LoweredNode> nodes;
    private final String output;

    /** @param output the node whose value is the graph's */
    LoweredGraph(Graph graph, StorageScheme scheme, List<LoweredNode> nodes, String output) {
        this.graph = graph;
        this.scheme = scheme;
        this.output = output;
        Map<String, LoweredNode> byName = new LinkedHashMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        this.nodes = Collections.unmodifiableMap(byName);
    }

    /** The graph that was lowered. */
    Graph source() {
        return graph;
    }

    StorageScheme scheme() {
        return scheme;
    }

    List<LoweredNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /** @throws IllegalArgumentException if no node of this name gets a step */
    LoweredNode node(String name) {
        LoweredNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no step runs node '" + name + "'; there are " + nodes.keySet());
        }
        return node;
    }

    boolean contains(String name) {
        return nodes.containsKey(name);
    }

    LoweredNode input() {
        return node(graph.nodes().get(0).name());
    }

    LoweredNode output() {
        return node(output);
    }

    /** The shape of a node's value for one image and time step. */
    Shape shape(LoweredNode node) {
        return graph.shape(node.name());
    }

    /** The innermost extent of a node's value. */
    int channels(LoweredNode node) {
        return shape(node).extent(-1);
    }

    /** The most spikes of these neurons, or copies of them, that are summed in one byte. */
    int largestWindow(LoweredNode spikes) {
        return nodes.values().stream()
                .filter(node -> node.value().spikes().equals(spikes.name()))
                .mapToInt(node -> node.value().window() * largestWindowOfCopies(node))
                .max()
                .orElse(1);
    }

    private int largestWindowOfCopies(LoweredNode value) {
        return nodes.values().stream()
                .filter(node ->
                        node.type() == StorageType.LEVELS && node.value().window() == 1)
                .filter(node ->
                        node.inputs().contains(value.name()) && !node.op().isNeuron())
                .mapToInt(this::largestWindow)
                .max()
                .orElse(1);
    }
}
