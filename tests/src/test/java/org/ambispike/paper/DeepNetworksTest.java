package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.support.Logits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeepNetworksTest {
    private static final double ALPHA = 0.1;

    /** Counts the layers with weights, without the 1 x 1 shortcuts, as the names of the networks count them. */
    @Test
    void layersAndOperationsAreThoseOfThePublishedNetworks() {
        Graph vgg = new Vgg16(64).graph(ALPHA, 0.3);
        assertThat(layers(vgg)).isEqualTo(16);
        assertThat(operations(vgg) / 1e6).isBetween(313.0, 315.0);
        Graph resnet = new ResNet18(64).graph(ALPHA, 0);
        assertThat(layers(resnet)).isEqualTo(18 + 3);
        assertThat(operations(resnet) / 1e6).isBetween(555.0, 557.0);
        assertThat(resnet.neurons()).hasSize(17);
        for (Graph graph : new Graph[] {vgg, resnet}) {
            assertThat(graph.inputShape()).isEqualTo(Shape.of(32, 32, 3));
            assertThat(graph.classes()).isEqualTo(10);
        }
    }

    private static long layers(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear)
                .count();
    }

    private static long operations(Graph graph) {
        return graph.nodes().stream()
                .mapToLong(node -> node.op().multiplyAccumulates())
                .sum();
    }

    @Test
    void aWidthBelowOneIsRefused() {
        assertThatThrownBy(() -> new ResNet18(0)).hasMessage("a network has a width of 1 or more channels, got 0");
        assertThatThrownBy(() -> new Vgg16(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void firstWeightsKeepTheSizeOfValues() {
        Graph graph = new ResNet18(8).graph(ALPHA, 0);
        Weights weights = new ResNet18(8).initial(graph, 3);
        assertThat(weights.tensors())
                .isEqualTo(new ResNet18(8).initial(graph, 3).tensors());
        float[] conv = weights.get("block4_2.conv2.weight").values();
        double squares = 0;
        for (float weight : conv) {
            squares += weight * weight;
        }
        double expected = 2 / ((1 + ALPHA * ALPHA) * 64 * 9);
        assertThat(squares / conv.length).isBetween(0.97 * expected, 1.03 * expected);
        assertThat(weights.get("conv1.norm.variance").values()).containsOnly(1);
        assertThat(weights.get("conv1.norm.beta").values()).containsOnly(0);
    }

    static Stream<Architecture> narrow() {
        return Stream.of(new ResNet18(2), new Vgg16(2));
    }

    /** Depth delays the last layers, but what is left of each layer's error is spread over T steps. */
    @ParameterizedTest
    @MethodSource("narrow")
    void ratesTendToTheActivationsOfTheAnn(Architecture network) {
        Graph graph = network.graph(ALPHA, 0);
        Weights weights = network.initial(graph, 1);
        float[] images = images(graph, 2);
        BatchNormFolding folded = BatchNormFolding.of(new Network(graph, weights));
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        Logits.rates(graph, weights, images, 1)
                .forEach((layer, values) ->
                        thresholds.put(layer, new Thresholds.Pair(largest(values, 1), largest(values, -1))));
        Network clipped = Thresholds.clip(folded.network(), thresholds, false);
        Converter.Conversion snn = Converter.convert(clipped, NeuronVariant.PAIR);
        Map<String, float[]> expected = Logits.rates(clipped.graph(), clipped.weights(), images, 1);
        Map<String, float[]> at32 = Logits.rates(snn.graph(), snn.weights(), images, 32);
        Map<String, float[]> at256 = Logits.rates(snn.graph(), snn.weights(), images, 256);
        assertThat(expected.keySet()).isEqualTo(at256.keySet());
        expected.forEach((layer, activations) -> {
            double early = Logits.relativeError(at32.get(layer), activations);
            double late = Logits.relativeError(at256.get(layer), activations);
            assertThat(late)
                    .as("%s: relative error at T = 256, that at T = 32 being %s", layer, early)
                    .isLessThan(early / 4);
            assertThat(late).as(layer).isLessThan(0.15);
        });
    }

    private static double largest(float[] values, int sign) {
        double largest = 1e-3;
        for (float value : values) {
            largest = Math.max(largest, sign * value);
        }
        return largest;
    }

    private static float[] images(Graph graph, int count) {
        SplittableRandom random = new SplittableRandom(3);
        float[] images = new float[Math.toIntExact(graph.inputShape().elements()) * count];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1.5, 2);
        }
        return images;
    }
}
