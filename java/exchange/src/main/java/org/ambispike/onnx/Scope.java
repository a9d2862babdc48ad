package org.ambispike.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Missing;
import org.ambispike.onnx.Value.Signal;

/** The values by name, as far as the nodes have been read. */
final class Scope {
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();

    private final OptionalLong batch;

    /**
     * An empty scope.
     *
     * @param nodes all that will be read; who reads a value decides whether it may be changed
     * @param batch the number of images at once, where the file fixes it
     */
    Scope(List<OnnxNode> nodes, OptionalLong batch) {
        this.batch = batch;
        nodes.forEach(node -> node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum)));
    }

    boolean isBatch(long extent) {
        return batch.isPresent() && batch.getAsLong() == extent;
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

    /** @throws Refusal if nothing before gives the value, or what does was refused */
    Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new Refusal("it reads '" + Names.printable(name) + "', which nothing before it gives");
        }
        if (value instanceof Missing missing) {
            throw new Refusal(missing.reason());
        }
        return value;
    }

    boolean isConstant(OnnxNode node, int input) {
        return value(node.input(input)) instanceof Constant;
    }

    /** @throws Refusal if the input is a constant */
    Signal signal(OnnxNode node, int input) {
        String name = node.input(input);
        if (value(name) instanceof Signal signal) {
            return signal.asShared(readers.getOrDefault(name, 0) > 1);
        }
        throw new Refusal("its input " + input + " is a constant");
    }

    /** @throws Refusal if the input is not known before the network runs */
    OnnxTensor constant(OnnxNode node, int input) {
        if (value(node.input(input)) instanceof Constant constant) {
            return constant.tensor();
        }
        throw new Refusal("its input " + input + " is computed, expected a constant");
    }

    Optional<OnnxTensor> optional(OnnxNode node, int input) {
        return node.has(input) ? Optional.of(constant(node, input)) : Optional.empty();
    }
}
