package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations, written as one operation or by hand. */
class OnnxActivationsTest {
    /** The shape of x, [N, 3, 4, 5]. */
    private interface Activation {
        String of(OnnxBuilder net, String x);
    }

    /**
     * @param slope of the one activation that it becomes; NaN where it becomes several, or has thresholds
     */
    private record Case(double slope, Activation activation) {}

    @TempDir
    private Path folder;

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        leaky(cases);
        bounded(cases);
        return cases;
    }

    private static void leaky(Map<String, Case> cases) {
        cases.put(
                "max(x, a x)",
                new Case(0.1, (net, x) -> net.node("Max", List.of(x, net.node("Mul", List.of(x, net.scalar(0.1)))))));
        cases.put(
                "max(a x, x)",
                new Case(0.1, (net, x) -> net.node("Max", List.of(net.node("Mul", List.of(net.scalar(0.1), x)), x))));
        cases.put("relu(x - a x) + a x", new Case(0.1, (net, x) -> {
            String small = net.node("Mul", List.of(net.scalar(0.1), x));
            return net.node("Add", List.of(net.node("Relu", net.node("Sub", List.of(x, small))), small));
        }));
        cases.put(
                "a x + relu(x) (1 - a)",
                new Case(
                        0.25,
                        (net, x) -> net.node(
                                "Add",
                                List.of(
                                        net.node("Mul", List.of(x, net.scalar(0.25))),
                                        net.node("Mul", List.of(net.node("Relu", x), net.scalar(0.75)))))));
        cases.put("relu(x) - a relu(-x)", new Case(0.2, (net, x) -> {
            String below = net.node("Relu", net.node("Neg", x));
            return net.node("Sub", List.of(net.node("Relu", x), net.node("Mul", List.of(below, net.scalar(0.2)))));
        }));
        cases.put(
                "where",
                new Case(
                        0.1,
                        (net, x) -> net.node(
                                "Where",
                                List.of(
                                        net.node("Greater", List.of(x, net.scalar(0))),
                                        x,
                                        net.node("Mul", List.of(x, net.scalar(0.1)))))));
        cases.put(
                "where not",
                new Case(
                        0.1,
                        (net, x) -> net.node(
                                "Where",
                                List.of(
                                        net.node("Less", List.of(x, net.scalar(0))),
                                        net.node("Mul", List.of(x, net.scalar(0.1))),
                                        x))));
        cases.put("max(x, 0)", new Case(0, (net, x) -> net.node("Max", List.of(net.scalar(0), x))));
        cases.put("min(x, 0) a + max(x, 0)", new Case(0.3, (net, x) -> {
            String below = net.node("Min", List.of(x, net.node("Mul", List.of(x, net.scalar(0)))));
            return net.node(
                    "Add",
                    List.of(
                            net.node("Mul", List.of(below, net.scalar(0.3))),
                            net.node("Max", List.of(x, net.scalar(0)))));
        }));
        cases.put(
                "slopes by channel",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node("PRelu", List.of(x, net.floats(List.of(0.1f, 0f, 1f), 3, 1, 1)))));
        cases.put(
                "steep slopes by channel",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node("PRelu", List.of(x, net.floats(List.of(0.1f, 2f, 1.5f), 3, 1, 1)))));
        cases.put("steep", new Case(Double.NaN, (net, x) -> net.node("LeakyRelu", x, of("alpha", 1.5))));
        cases.put(
                "scaled by hand",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node(
                                "Max",
                                List.of(
                                        net.node("Mul", List.of(x, net.scalar(2))),
                                        net.node("Mul", List.of(x, net.scalar(3)))))));
        cases.put("abs", new Case(Double.NaN, (net, x) -> net.node("Abs", x)));
        cases.put("max(x, -x)", new Case(Double.NaN, (net, x) -> net.node("Max", List.of(x, net.node("Neg", x)))));
        cases.put("the larger of two", new Case(Double.NaN, (net, x) -> {
            String other = net.convolution("x", 3, 3, 3, 1, 1);
            return net.node("Min", List.of(net.node("Max", List.of(x, other)), "x"));
        }));
    }

    private static void bounded(Map<String, Case> cases) {
        cases.put(
                "relu6",
                new Case(Double.NaN, (net, x) -> net.node("Clip", List.of(x, net.scalar(0), net.scalar(0.6)))));
        cases.put(
                "min(relu(x), 6)",
                new Case(Double.NaN, (net, x) -> net.node("Min", List.of(net.node("Relu", x), net.scalar(0.6)))));
        cases.put(
                "hard tanh",
                new Case(Double.NaN, (net, x) -> net.node("Clip", List.of(x, net.scalar(-1), net.scalar(1)))));
        cases.put(
                "leaky, clipped",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node(
                                "Clip",
                                List.of(
                                        net.node("LeakyRelu", x, of("alpha", 0.5)),
                                        net.scalar(-0.2),
                                        net.scalar(0.7)))));
        cases.put(
                "leaky, bounded below",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node(
                                "Max", List.of(net.node("LeakyRelu", x, of("alpha", 0.5)), net.scalar(-0.2)))));
        cases.put(
                "leaky, bounded above",
                new Case(
                        Double.NaN,
                        (net, x) -> net.node(
                                "Clip", List.of(net.node("LeakyRelu", x, of("alpha", 0.5)), "", net.scalar(0.3)))));
        cases.put(
                "bounds above 0",
                new Case(Double.NaN, (net, x) -> net.node("Clip", List.of(x, net.scalar(0.1), net.scalar(0.6)))));
        cases.put(
                "bounds below 0",
                new Case(Double.NaN, (net, x) -> net.node("Clip", List.of(x, net.scalar(-0.7), net.scalar(-0.1)))));
        cases.put(
                "infinite bounds",
                new Case(
                        0,
                        (net, x) -> net.node(
                                "Clip",
                                List.of(
                                        net.node(
                                                "Clip",
                                                List.of(x, net.scalar(Double.NEGATIVE_INFINITY), net.scalar(3.4e38))),
                                        net.scalar(0),
                                        net.scalar(Double.POSITIVE_INFINITY)))));
        cases.put("hard sigmoid", new Case(Double.NaN, (net, x) -> net.node("HardSigmoid", x)));
    }

    static Stream<String> names() {
        return cases().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void resultsAreThoseOfOnnxRuntime(String name) {
        Case tested = cases().get(name);
        Graph graph = OnnxComparison.assertSame(folder, 13, OnnxComparison.extents(3, 4, 5), net -> {
                    String y = tested.activation().of(net, net.convolution("x", 3, 3, 3, 1, 1));
                    return List.of(net.convolution(y, 3, 2, 3, 1, 1));
                })
                .require()
                .graph();
        List<Node> neurons = graph.neurons();
        assertThat(neurons).isNotEmpty();
        if (!Double.isNaN(tested.slope())) {
            assertThat(graph.nodes()).as(graph.nodes().toString()).hasSize(5);
            assertThat(neurons).hasSize(1);
            assertThat(((Op.Activation) neurons.get(0).op()).alpha())
                    .isCloseTo(tested.slope(), org.assertj.core.data.Offset.offset(1e-7));
        }
    }
}
