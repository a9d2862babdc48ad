package org.ambispike.graph;

import java.util.List;

/**
 * A named operation and the names of the nodes it reads.
 *
 * @param name unique in its graph; parameters are called {@code name.weight} and so on
 */
public record Node(String name, Op op, List<String> inputs) {
    public Node {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a node needs a name");
        }
        inputs = List.copyOf(inputs);
    }

    /** The full name of one of this node's parameters. */
    public String parameter(String parameter) {
        return name + "." + parameter;
    }
}
