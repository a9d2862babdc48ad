package org.ambispike.nir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network in the terms of NIR. Immutable.
 *
 * @param nodes by name, in the order in which they compute
 * @param edges between nodes; those that meet are summed
 * @param metadata texts by name
 */
public record NirGraph(Map<String, NirNode> nodes, List<Edge> edges, Map<String, String> metadata) {
    /** From one node to another, by name. */
    public record Edge(String from, String to) {}

    /** @throws IllegalArgumentException if an edge names a node that is not there */
    public NirGraph {
        nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        edges = List.copyOf(edges);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        for (Edge edge : edges) {
            if (!nodes.containsKey(edge.from()) || !nodes.containsKey(edge.to())) {
                throw new IllegalArgumentException("no such nodes: " + edge);
            }
        }
    }
}
