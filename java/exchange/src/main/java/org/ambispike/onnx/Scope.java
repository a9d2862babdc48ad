package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.onnx.Value.Missing;
import org.ambispike.onnx.Value.Signal;

/** The values by name, as far as the nodes have been read. */
final class Scope {
    /** The reason why a node is not looked at, rather than refused. */
    static final class Blocked extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Blocked(String reason) {
            super(reason);
        }
    }

    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final Map<String, OnnxNode> givers = new HashMap<>();
    private final Map<String, List<OnnxNode>> readersByName = new HashMap<>();

    /**
     * Counts in what nodes read and give.
     *
     * @param nodes that will be read; who reads a value decides whether it may be changed
     * @param outputs names of the results that they are read for
     */
    void add(List<OnnxNode> nodes, List<String> outputs) {
        for (OnnxNode node : nodes) {
            node.outputs().forEach(output -> givers.put(output, node));
            for (String input : node.inputs()) {
                readers.merge(input, 1, Integer::sum);
                readersByName.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
        outputs.forEach(output -> readers.merge(output, 1, Integer::sum));
    }

    /** The nodes that read a value. */
    List<OnnxNode> readers(String name) {
        return readersByName.getOrDefault(name, List.of());
    }

    /** The node that gives a value, if one does. */
    Optional<OnnxNode> giver(String name) {
        return Optional.ofNullable(givers.get(name));
    }

    /** @throws Refusal if the name is taken */
    void define(String name, Value value) {
        if (values.putIfAbsent(name, value) != null) {
            throw new Refusal("two nodes give the value '" + Names.printable(name) + "'");
        }
    }

    /** What a refused node would give, unless the name is taken. */
    void defineMissing(String name, Value missing) {
        values.putIfAbsent(name, missing);
    }

    /**
     * Returns what a name stands for.
     *
     * @throws Refusal if nothing before gives the value
     * @throws Blocked if what gives it was refused
     */
    Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new Refusal("it reads '" + Names.printable(name) + "', which nothing before it gives");
        }
        if (value instanceof Missing missing) {
            throw new Blocked(missing.reason());
        }
        return value;
    }

    /** Whether the value stands for what a refused node would give. */
    boolean isAssumed(String name) {
        return values.get(name) instanceof Signal signal && signal.assumed();
    }

    /** Whether more than one reads the value. */
    boolean isShared(String name) {
        return readers.getOrDefault(name, 0) > 1;
    }
}
