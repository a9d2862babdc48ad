package org.ambispike.io;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * A graph as JSON: the list of its nodes, each {@code {"name": …, "op": {"Conv2d": {…}}, "inputs": […]}}. Every
 * operation that the graph package has is covered, for its components are its fields.
 */
final class GraphJson {
    private static final TypeReference<List<Node>> NODES = new TypeReference<>() {};

    private GraphJson() {}

    static String write(Graph graph) {
        return StrictJson.write(graph.nodes());
    }

    /** @throws IllegalArgumentException naming the node, operation or field that is wrong */
    static Graph read(String json) {
        List<Node> nodes = StrictJson.read(json, NODES);
        if (nodes.contains(null)) {
            throw new IllegalArgumentException("node " + nodes.indexOf(null) + " is null");
        }
        try {
            Graph graph = new Graph(nodes);
            graph.shapes().forEach((name, shape) -> {
                if (shape.elements() > Safetensors.MAX_ELEMENTS) {
                    throw new IllegalArgumentException(
                            "node " + FileFault.quoted(name) + " has too many values: " + shape);
                }
            });
            return graph;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a node has more values than can be counted", e);
        }
    }
}
