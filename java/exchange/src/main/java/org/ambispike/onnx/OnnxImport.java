package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Network;
import org.ambispike.io.FileFault;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Missing;
import org.ambispike.onnx.Value.Signal;

/**
 * Reads a trained network from an ONNX file, opset 11 to 21: an ANN with the same logits, in our layout. What the
 * operations are is in {@code docs/formats.md}. For one file and one thread.
 */
public final class OnnxImport {
    private static final Map<String, Operator> OPERATORS = Map.ofEntries(
            Map.entry("Add", ShapeOperators::add),
            Map.entry("AveragePool", PoolOperators::average),
            Map.entry("BatchNormalization", LinearOperators::batchNormalisation),
            Map.entry("Clip", NeuronOperators::clip),
            Map.entry("Concat", ShapeArithmetic::concat),
            Map.entry("Constant", ShapeOperators::constant),
            Map.entry("Conv", LinearOperators::convolution),
            Map.entry("Dropout", ShapeOperators::dropout),
            Map.entry("Flatten", ShapeOperators::flatten),
            Map.entry("Gather", ShapeArithmetic::gather),
            Map.entry("Gemm", LinearOperators::gemm),
            Map.entry("GlobalAveragePool", PoolOperators::global),
            Map.entry("Identity", ShapeOperators::identity),
            Map.entry("LeakyRelu", NeuronOperators::leakyRelu),
            Map.entry("MatMul", LinearOperators::matMul),
            Map.entry("MaxPool", PoolOperators::max),
            Map.entry("PRelu", NeuronOperators::prelu),
            Map.entry("Pad", ShapeOperators::pad),
            Map.entry("ReduceMean", PoolOperators::mean),
            Map.entry("Relu", NeuronOperators::relu),
            Map.entry("Reshape", ShapeOperators::reshape),
            Map.entry("Shape", ShapeArithmetic::shape),
            Map.entry("Squeeze", ShapeOperators::squeeze),
            Map.entry("Unsqueeze", ShapeArithmetic::unsqueeze));

    /**
     * What became of a file.
     *
     * @param name of the network, as the file calls it
     * @param nodes every node of the file, in its order
     * @param network empty if a node was refused
     * @param provenance where it comes from
     */
    public record Result(
            Path file, String name, List<NodeReport> nodes, Optional<Network> network, Map<String, String> provenance) {
        public Result {
            nodes = List.copyOf(nodes);
        }

        /** @throws InputException naming the file and the first node that was refused, if one was */
        public Network require() {
            List<NodeReport> refused = nodes.stream()
                    .filter(node -> node.outcome() == Outcome.REFUSED)
                    .toList();
            return network.orElseThrow(() -> FileFault.of(
                    file,
                    refused.get(0).operation() + " '" + refused.get(0).node() + "' cannot be imported: "
                            + refused.get(0).note()
                            + (refused.size() > 1 ? " (and " + (refused.size() - 1) + " more)" : "")));
        }
    }

    private final Path file;
    private final OnnxFile source;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Set<OnnxNode> needed = new HashSet<>();
    private final GraphBuilder graph = new GraphBuilder();
    private final Scope scope;
    private final List<NodeReport> reports = new ArrayList<>();

    private OnnxImport(Path file) {
        this.file = file;
        this.source = OnnxFile.read(file);
        source.graph().getNodeList().forEach(proto -> nodes.add(new OnnxNode(proto, nodes.size())));
        Map<String, OnnxNode> givers = new HashMap<>();
        nodes.forEach(node -> node.outputs().forEach(output -> givers.putIfAbsent(output, node)));
        List<String> open = new ArrayList<>(List.of(source.output()));
        while (!open.isEmpty()) {
            OnnxNode giver = givers.remove(open.remove(open.size() - 1));
            if (giver != null && needed.add(giver)) {
                open.addAll(giver.inputs());
            }
        }
        this.scope = new Scope(
                nodes.stream().filter(needed::contains).toList(), source.input().batch());
    }

    /**
     * Reads a file.
     *
     * @throws InputException naming the file, if it is damaged, of another opset, or no network of one input and output
     */
    public static Result read(Path file) {
        OnnxImport reading = new OnnxImport(file);
        try {
            return reading.read();
        } catch (Refusal | IllegalArgumentException | ArithmeticException e) {
            throw FileFault.of(file, String.valueOf(e.getMessage()), e);
        }
    }

    private Result read() {
        Signal image = graph.input("image", source.input().shape());
        scope.define(source.input().name(), source.input().flat() ? image.flattened() : image);
        for (TensorProto tensor : source.graph().getInitializerList()) {
            scope.define(tensor.getName(), constant(tensor));
        }
        nodes.forEach(node -> reports.add(report(node)));
        boolean whole = reports.stream().noneMatch(report -> report.outcome() == Outcome.REFUSED);
        String name = Names.printable(
                source.graph().getName().isBlank()
                        ? file.getFileName().toString()
                        : source.graph().getName());
        return new Result(
                file,
                name,
                reports,
                whole ? Optional.of(network()) : Optional.empty(),
                Collections.unmodifiableMap(source.provenance()));
    }

    private static Value constant(TensorProto tensor) {
        try {
            return new Constant(OnnxTensor.read(tensor));
        } catch (Refusal e) {
            return new Missing(
                    "its constant '" + Names.printable(tensor.getName()) + "' cannot be read: " + e.getMessage());
        }
    }

    private NodeReport report(OnnxNode node) {
        String operation = Names.printable(node.operation());
        if (!needed.contains(node)) {
            return new NodeReport(node.name(), operation, Outcome.FOLDED, "left out: the output does not depend on it");
        }
        try {
            Operator.Reading reading = read(node);
            scope.define(node.outputs().get(0), reading.value());
            return new NodeReport(node.name(), operation, reading.outcome(), reading.note());
        } catch (Refusal | IllegalArgumentException | ArithmeticException e) {
            Value missing = new Missing("it reads what '" + node.name() + "' would give");
            node.outputs().forEach(output -> scope.defineMissing(output, missing));
            return new NodeReport(
                    node.name(), operation, Outcome.REFUSED, FileFault.printable(String.valueOf(e.getMessage()), 300));
        }
    }

    private Operator.Reading read(OnnxNode node) {
        Operator operator = OPERATORS.get(node.operation());
        if (operator == null || !node.domain().isEmpty()) {
            throw new Refusal("the operation is not supported" + remedy(node));
        }
        return operator.read(node, scope, graph);
    }

    private static String remedy(OnnxNode node) {
        return switch (node.operation()) {
            case "Softmax", "LogSoftmax" -> "; export the logits, without it";
            case "Sigmoid", "Tanh", "Gelu", "Elu", "HardSwish", "HardSigmoid", "Selu", "Softplus" -> "; spiking neurons"
                    + " compute Relu, LeakyRelu and Clip: train the network with one of these";
            case "ConvTranspose", "ConvInteger", "QLinearConv" -> "; train the network with ordinary convolutions";
            default -> "";
        };
    }

    private Network network() {
        if (!(scope.value(source.output()) instanceof Signal output)) {
            throw new Refusal("its output is a constant");
        }
        if (output.spatial() || output.area() > 1) {
            throw new Refusal("its output is " + output.shape() + " for each image, expected one value for each class");
        }
        Network network = graph.build();
        if (!network.graph().output().name().equals(output.node())
                || network.graph().nodes().size() == 1) {
            throw new Refusal("its output is not that of its last layer");
        }
        return network;
    }
}
