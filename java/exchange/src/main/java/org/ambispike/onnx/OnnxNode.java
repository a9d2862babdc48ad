package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** A node of an ONNX file, with its attributes by name and what its inputs stand for. */
final class OnnxNode {
    private final NodeProto proto;
    private final String name;
    private final long opset;
    private final Scope scope;
    private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();

    /** @param index of the node in the file, which names it where it has no name of its own */
    OnnxNode(NodeProto proto, int index, long opset, Scope scope) {
        this.proto = proto;
        this.opset = opset;
        this.scope = scope;
        this.name = Names.printable(proto.getName().isBlank() ? proto.getOpType() + index : proto.getName());
        proto.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
    }

    String name() {
        return name;
    }

    /** The version of ONNX's operations that the file uses. */
    long opset() {
        return opset;
    }

    String operation() {
        return proto.getOpType();
    }

    /** Empty for ONNX's own operations. */
    String domain() {
        return proto.getDomain().equals("ai.onnx") ? "" : proto.getDomain();
    }

    /** What it reads, by name: of If also what its branches read from outside. */
    List<String> inputs() {
        if (!operation().equals("If")) {
            return proto.getInputList();
        }
        List<String> inputs = new ArrayList<>(proto.getInputList());
        for (AttributeProto attribute : attributes.values()) {
            Set<String> inside = new HashSet<>();
            attribute.getG().getInitializerList().forEach(tensor -> inside.add(tensor.getName()));
            for (NodeProto node : attribute.getG().getNodeList()) {
                node.getInputList().stream()
                        .filter(name -> !inside.contains(name))
                        .forEach(inputs::add);
                inside.addAll(node.getOutputList());
            }
        }
        return inputs;
    }

    List<String> outputs() {
        return proto.getOutputList();
    }

    /** Whether an input is given; optional ones may be empty names. */
    boolean has(int input) {
        return input < inputs().size() && !inputs().get(input).isEmpty();
    }

    String input(int index) {
        if (!has(index)) {
            throw new Refusal("it lacks input " + index);
        }
        return inputs().get(index);
    }

    /** The nodes that read its first result. */
    List<OnnxNode> readers() {
        return scope.readers(outputs().get(0));
    }

    /** The node that gives an input, if one does. */
    Optional<OnnxNode> giver(int input) {
        return scope.giver(input(input));
    }

    /** Whether an input stands for what a refused node would give. */
    boolean isAssumed() {
        return inputs().stream().anyMatch(scope::isAssumed);
    }

    /** What an input stands for; throws as {@link Scope#value}. */
    Value value(int input) {
        return scope.value(input(input));
    }

    boolean isConstant(int input) {
        return value(input) instanceof Constant;
    }

    /** @throws Refusal if the input is a constant */
    Signal signal(int input) {
        if (value(input) instanceof Signal signal) {
            return signal.asShared(scope.isShared(input(input)));
        }
        throw new Refusal("its input " + input + " is " + (isConstant(input) ? "a constant" : "a comparison"));
    }

    /** @throws Refusal if the input is not known before the network runs */
    OnnxTensor constant(int input) {
        if (value(input) instanceof Constant constant) {
            try {
                return constant.source().get();
            } catch (Refusal e) {
                throw new Refusal(
                        "its constant '" + Names.printable(input(input)) + "' cannot be read: " + e.getMessage());
            }
        }
        throw new Refusal("its input " + input + " is computed, expected a constant");
    }

    Optional<OnnxTensor> optional(int input) {
        return has(input) ? Optional.of(constant(input)) : Optional.empty();
    }

    /** Returns a list of integers: an attribute of older opsets, or an input of newer ones. */
    Optional<List<Long>> integers(String attribute, int input) {
        Optional<List<Long>> given = integers(attribute);
        return given.isPresent()
                ? given
                : optional(input)
                        .filter(tensor -> tensor.size() > 0)
                        .map(tensor -> Arrays.stream(tensor.longs()).boxed().toList());
    }

    /** @throws Refusal if there is an attribute of another name, whose meaning is not known here */
    void allowAttributes(Set<String> known) {
        Set<String> unknown = new TreeSet<>(attributes.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new Refusal(
                    "its attribute '" + Names.printable(unknown.iterator().next()) + "' is not supported");
        }
    }

    /** @throws Refusal if there are inputs beyond these */
    void allowInputs(int most) {
        if (inputs().size() > most) {
            throw new Refusal("it has " + inputs().size() + " inputs, expected at most " + most);
        }
    }

    private Optional<AttributeProto> attribute(String key, AttributeProto.AttributeType type) {
        Optional<AttributeProto> attribute = Optional.ofNullable(attributes.get(key));
        attribute.filter(found -> found.getType() != type).ifPresent(found -> {
            throw new Refusal("its attribute '" + key + "' is of type " + found.getType() + ", expected " + type);
        });
        return attribute;
    }

    Optional<AttributeProto> any(String key) {
        return Optional.ofNullable(attributes.get(key));
    }

    long integer(String key, long otherwise) {
        return attribute(key, AttributeProto.AttributeType.INT)
                .map(AttributeProto::getI)
                .orElse(otherwise);
    }

    double real(String key, double otherwise) {
        return attribute(key, AttributeProto.AttributeType.FLOAT)
                .map(found -> decimal(found.getF()))
                .orElse(otherwise);
    }

    String text(String key, String otherwise) {
        return attribute(key, AttributeProto.AttributeType.STRING)
                .map(found -> found.getS().toStringUtf8())
                .orElse(otherwise);
    }

    Optional<List<Long>> integers(String key) {
        return attribute(key, AttributeProto.AttributeType.INTS).map(AttributeProto::getIntsList);
    }

    /** The shortest decimal that is this float, so that a slope of 0.1 stays 0.1. */
    static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
