package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.onnx.Value.Constant;
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
     * An empty scope.
     *
     * @param nodes all that will be read; who reads a value decides whether it may be changed
     * @param outputs names of the values that the network gives, which count as read
     */
    Scope(List<OnnxNode> nodes, List<String> outputs) {
        add(nodes, outputs);
    }

    /** Counts in what nodes read and give, and the results that they are read for. */
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

    Value value(OnnxNode node, int input) {
        return value(node.input(input));
    }

    boolean isConstant(OnnxNode node, int input) {
        return value(node, input) instanceof Constant;
    }

    /** @throws Refusal if the input is a constant */
    Signal signal(OnnxNode node, int input) {
        String name = node.input(input);
        if (value(name) instanceof Signal signal) {
            return signal.asShared(readers.getOrDefault(name, 0) > 1);
        }
        throw new Refusal("its input " + input + " is " + (isConstant(node, input) ? "a constant" : "a comparison"));
    }

    /** @throws Refusal if the input is not known before the network runs */
    OnnxTensor constant(OnnxNode node, int input) {
        if (value(node, input) instanceof Constant constant) {
            try {
                return constant.source().get();
            } catch (Refusal e) {
                throw new Refusal(
                        "its constant '" + Names.printable(node.input(input)) + "' cannot be read: " + e.getMessage());
            }
        }
        throw new Refusal("its input " + input + " is computed, expected a constant");
    }

    Optional<OnnxTensor> optional(OnnxNode node, int input) {
        return node.has(input) ? Optional.of(constant(node, input)) : Optional.empty();
    }

    /** Returns a list of integers: an attribute of older opsets, or an input of newer ones. */
    Optional<List<Long>> integers(OnnxNode node, String attribute, int input) {
        Optional<List<Long>> given = node.integers(attribute);
        return given.isPresent()
                ? given
                : optional(node, input).filter(tensor -> tensor.size() > 0).map(tensor -> {
                    List<Long> values = new ArrayList<>();
                    for (long value : tensor.longs()) {
                        values.add(value);
                    }
                    return List.copyOf(values);
                });
    }
}
