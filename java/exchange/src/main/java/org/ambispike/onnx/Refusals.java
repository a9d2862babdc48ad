package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Value.Signal;
import org.ambispike.onnx.View.Part;

/** What is said of operations that spiking networks have no equal of, and what is assumed so that the rest is looked at. */
final class Refusals {
    private static final String ACTIVATIONS =
            "; spiking neurons compute Relu, LeakyRelu, PRelu and Clip: train the network with one of these";

    private static final String LAST = "; export the network without it, and apply it to the results";

    private static final Set<String> OF_THEIR_INPUTS_SHAPE = words(
            """
            Abs Celu Clip Cos Elu Erf Exp Gelu GroupNormalization HardSigmoid HardSwish InstanceNormalization LRN
            LayerNormalization LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish PRelu Pow
            RMSNormalization Reciprocal Selu Shrink Sigmoid Sin Softmax Softplus Softsign Sqrt Swish Tanh ThresholdedRelu
            BatchNormalization Cast Round Floor Ceil Sign CumSum""");

    /** What is said of operations, wherever they stand. */
    private static final Map<Set<String>, String> REMEDIES = Map.ofEntries(
            Map.entry(words("ArgMax ArgMin TopK"), "; export the logits, without it"),
            Map.entry(words("NonMaxSuppression RoiAlign"), "; export the network up to the maps that it reads"),
            Map.entry(words("Erf Gelu"), " (it is what GELU is made of)" + ACTIVATIONS),
            Map.entry(words("HardSwish Swish"), " (it is x times a function of x)" + ACTIVATIONS),
            Map.entry(
                    words("Elu Selu Celu Softplus Softsign Mish ThresholdedRelu Shrink Abs Exp Log Sin Cos"),
                    ACTIVATIONS),
            Map.entry(
                    words("LayerNormalization InstanceNormalization GroupNormalization RMSNormalization LRN"
                            + " LpNormalization MeanVarianceNormalization"),
                    ": it divides by what it measures on the image; train with BatchNormalization, which has constants"),
            Map.entry(
                    words("Pow Sqrt Reciprocal"),
                    " of a value that depends on the image, as in a normalisation over positions (LayerNorm): train with"
                            + " BatchNormalization, which has constants"),
            Map.entry(
                    words("QLinearConv ConvInteger QuantizeLinear DequantizeLinear MatMulInteger QLinearMatMul"
                            + " DynamicQuantizeLinear"),
                    ": the network is quantised; export the float network, and quantise here"),
            Map.entry(
                    words("LSTM GRU RNN Loop Scan"),
                    ": a network that goes through a sequence step by step; only those without loops are read"),
            Map.entry(words("If"), ": export the network with constant shapes, or simplify the file (onnxsim)"),
            Map.entry(
                    words("MaxUnpool"),
                    ": it puts values where a maximum was; train with Resize or ConvTranspose instead"),
            Map.entry(words("GridSample AffineGrid"), ": it samples where the image says; train a network without it"),
            Map.entry(words("Einsum"), "; write it as MatMul or Gemm with a constant matrix"));

    private Refusals() {}

    private static Set<String> words(String text) {
        return Set.of(text.split("\\s+"));
    }

    /** Returns why an operation that is not known cannot be converted. */
    static RuntimeException unsupported(OnnxNode node) {
        if (node.operation().equals("Sigmoid")) {
            return sigmoid(node);
        }
        boolean assumed = node.isAssumed();
        if (assumed && Set.of("Sqrt", "Reciprocal", "Pow").contains(node.operation())) {
            return new Scope.Blocked("it reads what a refused node would give");
        }
        return new Refusal("the operation is not supported" + remedy(node));
    }

    /** The product that a Sigmoid is a gate of, for which it is refused there. */
    static Optional<OnnxNode> gated(OnnxNode node) {
        return node.operation().equals("Sigmoid")
                ? node.readers().stream()
                        .filter(reader -> reader.operation().equals("Mul")
                                && !reader.inputs().contains(node.input(0)))
                        .findFirst()
                : Optional.empty();
    }

    /** Part of SiLU, or what is left to the reader of the results. */
    private static RuntimeException sigmoid(OnnxNode node) {
        List<OnnxNode> readers = node.readers();
        Optional<OnnxNode> product = readers.stream()
                .filter(reader -> reader.operation().equals("Mul"))
                .findFirst();
        return new Refusal(
                product.isPresent()
                        ? "with '" + product.get().name() + "' it is SiLU, x sigmoid(x)" + ACTIVATIONS
                        : "the operation is not supported" + (readers.isEmpty() ? LAST : ACTIVATIONS));
    }

    private static String remedy(OnnxNode node) {
        boolean last = node.readers().isEmpty();
        return switch (node.operation()) {
            case "Softmax", "LogSoftmax" -> last
                    ? "; export the logits, without it: the largest is the same class"
                    : " inside a network, as in attention: train a network without it";
            case "Tanh" -> last ? LAST : ACTIVATIONS;
            default -> REMEDIES.entrySet().stream()
                    .filter(remedy -> remedy.getKey().contains(node.operation()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("; docs/import.md lists those that are");
        };
    }

    /** What a refused node would give, where its extents are known. */
    static Optional<Value> assumed(OnnxNode node, GraphBuilder graph) {
        try {
            if (node.outputs().size() != 1 && !node.operation().endsWith("Normalization")) {
                return Optional.empty();
            }
            if (OF_THEIR_INPUTS_SHAPE.contains(node.operation())) {
                return Optional.of(like(graph, node.name(), node.signal(0)));
            } else if (node.operation().equals("Mul") || node.operation().equals("Div")) {
                Signal first = node.signal(0);
                Signal second = node.signal(1);
                boolean wider = second.shape().elements() > first.shape().elements();
                return Optional.of(like(graph, node.name(), wider ? second : first));
            } else if (node.operation().equals("MatMul")) {
                return Optional.of(product(graph, node.name(), node.signal(0), node.signal(1)));
            }
            return Optional.empty();
        } catch (Refusal | Scope.Blocked | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A value of the same shape, which stands for what a node would give. */
    static Value like(GraphBuilder graph, String name, Signal signal) {
        return signal.at(graph.assumed(name, signal.shape())).asAssumed();
    }

    private static Value product(GraphBuilder graph, String name, Signal first, Signal second) {
        List<Long> extents = new ArrayList<>(first.view().extents());
        extents.set(extents.size() - 1, second.view().extent(second.view().rank() - 1));
        long elements = extents.stream().skip(1).reduce(1L, Math::multiplyExact);
        int channels = Math.toIntExact(extents.get(extents.size() - 1));
        Shape shape = Shape.of(1, Math.toIntExact(elements / channels), channels);
        View flat = new View(List.of(List.of(first.view().batch()), List.of(new Part(elements, 1))));
        return new Signal(graph.assumed(name, shape), shape, flat.reshaped(extents), false, true);
    }
}
