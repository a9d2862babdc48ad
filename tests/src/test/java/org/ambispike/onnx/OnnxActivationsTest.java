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

    private static void put(Map<String, Case> cases, String name, double slope, Activation activation) {
        cases.put(name, new Case(slope, activation));
    }

    private static void put(Map<String, Case> cases, String name, Activation activation) {
        put(cases, name, Double.NaN, activation);
    }

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        leaky(cases);
        bounded(cases);
        return cases;
    }

    private static void leaky(Map<String, Case> cases) {
        put(cases, "max(x, a x)", 0.1, (net, x) -> net.node("Max", List.of(x, net.times(x, 0.1))));
        put(
                cases,
                "max(a x, x)",
                0.1,
                (net, x) -> net.node("Max", List.of(net.node("Mul", List.of(net.scalar(0.1), x)), x)));
        put(cases, "relu(x - a x) + a x", 0.1, (net, x) -> {
            String small = net.node("Mul", List.of(net.scalar(0.1), x));
            return net.node("Add", List.of(net.node("Relu", net.node("Sub", List.of(x, small))), small));
        });
        put(
                cases,
                "a x + relu(x) (1 - a)",
                0.25,
                (net, x) -> net.node("Add", List.of(net.times(x, 0.25), net.times(net.node("Relu", x), 0.75))));
        put(cases, "relu(x) - a relu(-x)", 0.2, (net, x) -> {
            String below = net.node("Relu", net.node("Neg", x));
            return net.node("Sub", List.of(net.node("Relu", x), net.times(below, 0.2)));
        });
        put(
                cases,
                "where",
                0.1,
                (net, x) -> net.node(
                        "Where", List.of(net.node("Greater", List.of(x, net.scalar(0))), x, net.times(x, 0.1))));
        put(
                cases,
                "where not",
                0.1,
                (net, x) ->
                        net.node("Where", List.of(net.node("Less", List.of(x, net.scalar(0))), net.times(x, 0.1), x)));
        put(cases, "max(x, 0)", 0, (net, x) -> net.node("Max", List.of(net.scalar(0), x)));
        put(cases, "min(x, 0) a + max(x, 0)", 0.3, (net, x) -> {
            String below = net.node("Min", List.of(x, net.times(x, 0)));
            return net.node("Add", List.of(net.times(below, 0.3), net.node("Max", List.of(x, net.scalar(0)))));
        });
        put(
                cases,
                "slopes by channel",
                (net, x) -> net.node("PRelu", List.of(x, net.floats(List.of(0.1f, 0f, 1f), 3, 1, 1))));
        put(
                cases,
                "steep slopes by channel",
                (net, x) -> net.node("PRelu", List.of(x, net.floats(List.of(0.1f, 2f, 1.5f), 3, 1, 1))));
        put(cases, "steep", (net, x) -> net.node("LeakyRelu", x, of("alpha", 1.5)));
        put(cases, "scaled by hand", (net, x) -> net.node("Max", List.of(net.times(x, 2), net.times(x, 3))));
        put(cases, "abs", (net, x) -> net.node("Abs", x));
        put(cases, "max(x, -x)", (net, x) -> net.node("Max", List.of(x, net.node("Neg", x))));
        put(cases, "the larger of two", (net, x) -> {
            String other = net.convolution("x", 3, 3, 3, 1, 1);
            return net.node("Min", List.of(net.node("Max", List.of(x, other)), "x"));
        });
    }

    private static void bounded(Map<String, Case> cases) {
        put(cases, "relu6", (net, x) -> net.clip(x, 0, 0.6));
        put(cases, "min(relu(x), 6)", (net, x) -> net.node("Min", List.of(net.node("Relu", x), net.scalar(0.6))));
        put(cases, "hard tanh", (net, x) -> net.clip(x, -1, 1));
        put(
                cases,
                "leaky, clipped",
                (net, x) -> net.node(
                        "Clip",
                        List.of(net.node("LeakyRelu", x, of("alpha", 0.5)), net.scalar(-0.2), net.scalar(0.7))));
        put(
                cases,
                "leaky, bounded below",
                (net, x) -> net.node("Max", List.of(net.node("LeakyRelu", x, of("alpha", 0.5)), net.scalar(-0.2))));
        put(
                cases,
                "leaky, bounded above",
                (net, x) -> net.node("Clip", List.of(net.node("LeakyRelu", x, of("alpha", 0.5)), "", net.scalar(0.3))));
        put(cases, "bounds above 0", (net, x) -> net.clip(x, 0.1, 0.6));
        put(cases, "bounds below 0", (net, x) -> net.clip(x, -0.7, -0.1));
        put(
                cases,
                "infinite bounds",
                0,
                (net, x) -> net.node(
                        "Clip",
                        List.of(
                                net.clip(x, Double.NEGATIVE_INFINITY, 3.4e38),
                                net.scalar(0),
                                net.scalar(Double.POSITIVE_INFINITY))));
        put(cases, "hard sigmoid", (net, x) -> net.node("HardSigmoid", x));
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
