package org.ambispike.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A network as a list of nodes in topological order, the first being the input and the last the logits. A part of a network may
 * have more inputs: values that the rest of it gives, see {@link #between}. Immutable and thread-safe. Shapes are inferred and
 * checked on construction.
 */
public final class Graph {
    private static final String VARIANCE = "variance";
    private static final String THETA_POSITIVE = "thetaPositive";
    private static final String THETA_NEGATIVE = "thetaNegative";

    private final List<Node> nodes;
    private final Map<String, Node> byName;
    private final Map<String, Shape> shapes;

    /** @throws IllegalArgumentException naming the node, if the list is not such a network */
    public Graph(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
        this.byName = new LinkedHashMap<>();
        this.shapes = new LinkedHashMap<>();
        if (this.nodes.isEmpty() || !(this.nodes.get(0).op() instanceof Op.Input)) {
            throw new IllegalArgumentException("a graph starts with its input");
        }
        for (Node node : this.nodes) {
            List<Shape> inputs = new ArrayList<>();
            for (String input : node.inputs()) {
                if (!shapes.containsKey(input)) {
                    throw new IllegalArgumentException(
                            "node '" + node.name() + "' reads '" + input + "', which no earlier node is called");
                }
                inputs.add(shapes.get(input));
            }
            if (byName.put(node.name(), node) != null) {
                throw new IllegalArgumentException("two nodes are called '" + node.name() + "'");
            }
            shapes.put(node.name(), infer(node, inputs));
            if (node.op() instanceof Op.Outputs && node != output()) {
                throw new IllegalArgumentException("node '" + node.name() + "' joins the results, and is not the last");
            }
        }
    }

    private static Shape infer(Node node, List<Shape> inputs) {
        int expected = node.op().arity();
        if (inputs.size() != expected) {
            throw new IllegalArgumentException(
                    "node '" + node.name() + "' has " + inputs.size() + " inputs, expected " + expected);
        }
        try {
            return node.op().shape(inputs);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("node '" + node.name() + "' " + e.getMessage(), e);
        }
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** @throws IllegalArgumentException if there is no such node */
    public Node node(String name) {
        Node node = byName.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node '" + name + "'; there are " + byName.keySet());
        }
        return node;
    }

    /** The shape that a node gives for one image. */
    public Shape shape(String name) {
        node(name);
        return shapes.get(name);
    }

    public Map<String, Shape> shapes() {
        return Collections.unmodifiableMap(shapes);
    }

    public Shape inputShape() {
        return shapes.get(nodes.get(0).name());
    }

    /** The shape of the last node's values for one image: [classes], unless this is a part of a network. */
    public Shape outputShape() {
        return shapes.get(output().name());
    }

    /** The last node, whose values are the logits. */
    public Node output() {
        return nodes.get(nodes.size() - 1);
    }

    /**
     * One result of a network.
     *
     * @param shape of its values for one image: [H, W, C] or [F]
     * @param offset where they begin among the values of {@link #output}
     */
    public record Output(String name, Shape shape, int offset) {
        /** Returns how many values it has for one image. */
        public int length() {
            return Math.toIntExact(shape.elements());
        }

        /** Returns name and shape, such as {@code boxes [13, 13, 25]}. */
        @Override
        public String toString() {
            return name + " " + shape;
        }
    }

    /** Returns the results, in order: of most networks one, which is called like the last node. */
    public List<Output> outputs() {
        if (!(output().op() instanceof Op.Outputs joined)) {
            return List.of(new Output(output().name(), outputShape(), 0));
        }
        List<Output> outputs = new ArrayList<>();
        int offset = 0;
        for (int index = 0; index < joined.arity(); index++) {
            Shape shape = shape(output().inputs().get(index));
            outputs.add(new Output(joined.names().get(index), shape, offset));
            offset = Math.addExact(offset, Math.toIntExact(shape.elements()));
        }
        return List.copyOf(outputs);
    }

    /** Returns whether the result is a class: one vector with a value for each, rather than {@link Op.Outputs} or a map. */
    public boolean hasClasses() {
        return !(output().op() instanceof Op.Outputs) && outputShape().rank() == 1;
    }

    /** Returns how many values the network gives for one image: classes, where its result is a class. */
    public int classes() {
        return shape(output().name()).extent(-1);
    }

    /** The nodes where activations or spikes are made, in order: layers 1 to L - 1, the logits being layer L. */
    public List<Node> neurons() {
        return nodes.stream().filter(node -> node.op().isNeuron()).toList();
    }

    /** Whether any node spikes. */
    public boolean isSpiking() {
        return nodes.stream().anyMatch(node -> node.op() instanceof Op.Spike);
    }

    /** Returns the graph with other operations in the nodes that a function changes; the input stays. */
    public Graph mapOps(Function<Node, Op> operation) {
        return map(node -> Optional.of(new Node(node.name(), operation.apply(node), node.inputs())));
    }

    /**
     * A graph in which every node but the input is replaced or, where the mapping gives none, left out: who read it
     * then reads what it read.
     */
    public Graph map(Function<Node, Optional<Node>> mapping) {
        Map<String, String> renamed = new HashMap<>();
        List<Node> mapped = new ArrayList<>();
        for (Node node : nodes) {
            List<String> inputs = node.inputs().stream().map(renamed::get).toList();
            Node rewired = new Node(node.name(), node.op(), inputs);
            Optional<Node> result = node.op() instanceof Op.Input ? Optional.of(rewired) : mapping.apply(rewired);
            result.ifPresent(mapped::add);
            renamed.put(node.name(), result.map(Node::name).orElseGet(() -> inputs.get(0)));
        }
        return new Graph(mapped);
    }

    /**
     * The part of this network that ends with a node: that node and all before it.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    public Graph upTo(String name) {
        return new Graph(nodes.subList(0, nodes.indexOf(node(name)) + 1));
    }

    /**
     * Returns the part that computes a node from the network's input and from the values of other nodes, which are its further
     * inputs. The network's input stays the first node, whether it is read or not.
     *
     * @param given nodes that are not computed, but given from outside
     * @throws IllegalArgumentException if there is no node of one of the names
     */
    public Graph between(Set<String> given, String end) {
        given.forEach(this::node);
        Set<String> needed = new HashSet<>(Set.of(end));
        List<Node> part = new ArrayList<>();
        for (int index = nodes.size() - 1; index > 0; index--) {
            Node node = nodes.get(index);
            if (needed.contains(node.name())) {
                boolean cut = given.contains(node.name()) && !node.name().equals(end);
                part.add(cut ? new Node(node.name(), new Op.Input(shape(node.name())), List.of()) : node);
                needed.addAll(cut ? List.of() : node.inputs());
            }
        }
        part.add(nodes.get(0));
        Collections.reverse(part);
        return new Graph(part);
    }

    /** Returns the inputs beside the first: values that the rest of a network gives, and that vary in time where it spikes. */
    public List<Node> given() {
        return nodes.subList(1, nodes.size()).stream()
                .filter(node -> node.op() instanceof Op.Input)
                .toList();
    }

    /** The parameters that this graph needs, with their shapes, in order. */
    public Map<String, Shape> parameterShapes() {
        Map<String, Shape> parameters = new LinkedHashMap<>();
        for (Node node : nodes) {
            for (Op.Parameter parameter : node.op().parameters(shape(node.name()))) {
                parameters.put(node.parameter(parameter.name()), parameter.shape());
            }
        }
        return parameters;
    }

    /**
     * Checks that the weights are exactly those of this graph.
     *
     * @throws IllegalArgumentException naming the first parameter that is missing, misshapen or not finite, or the first
     *     threshold that is not positive, or variance that is negative
     */
    public void check(Weights weights) {
        parameterShapes().forEach((name, shape) -> {
            if (!weights.contains(name)) {
                throw new IllegalArgumentException("parameter '" + name + "' of shape " + shape + " is missing");
            }
            if (!weights.get(name).shape().equals(shape)) {
                throw new IllegalArgumentException("parameter '" + name + "' has shape "
                        + weights.get(name).shape() + ", expected " + shape);
            }
            for (float value : weights.get(name).values()) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("parameter '" + name + "' holds " + value);
                }
            }
        });
        for (Node node : nodes) {
            if (node.op() instanceof Op.BatchNorm) {
                checkVariance(node.parameter(VARIANCE), weights);
            }
            for (String threshold : List.of(node.parameter(THETA_POSITIVE), node.parameter(THETA_NEGATIVE))) {
                if (weights.contains(threshold)) {
                    checkPositive(threshold, weights.get(threshold).values());
                }
            }
        }
    }

    private static void checkVariance(String name, Weights weights) {
        for (float value : weights.get(name).values()) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "parameter '" + name + "' holds " + value + "; a variance is 0 or more");
            }
        }
    }

    private static void checkPositive(String threshold, float[] values) {
        for (float value : values) {
            if (!(value > 0)) {
                throw new IllegalArgumentException(
                        "threshold '" + threshold + "' holds " + value + "; thresholds are positive magnitudes");
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Graph graph && nodes.equals(graph.nodes);
    }

    @Override
    public int hashCode() {
        return nodes.hashCode();
    }
}
