package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.ResidualNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Biases that shift one value of a network by channel, and no other. */
class BiasShiftTest {
    private static final int IMAGES = 2;

    private static Graph graph(String network) {
        return switch (network) {
            case "pools" -> MaxPoolNetwork.graph(MaxPoolNetwork.clipped(), true);
            case "rearranged" -> RearrangedNetwork.graph(RearrangedNetwork.clipped());
            default -> ResidualNetwork.clipped(0.1, true).graph();
        };
    }

    private static float[] values(Graph graph, Weights weights, String node) {
        Graph part = graph.upTo(node);
        return Logits.of(part, weights.of(part), RearrangedNetwork.images(IMAGES, 4), 1);
    }

    @ParameterizedTest
    @CsvSource({
        "pools, conv1, true",
        "pools, pool1, true",
        "pools, pool2, true",
        "pools, pool3, false", // of activations
        "rearranged, conv4, true",
        "rearranged, mix, false", // of channels in another order
        "rearranged, fc1, false", // read by two
        "rearranged, conv1, true",
        "residual, add2, true", // by the convolution, for the other addend is of activations
        "residual, add3, true",
        "residual, conv1, false", // read by two
        "residual, pool, false"
    })
    void addsToEveryValueOfAChannel(String network, String node, boolean possible) {
        Graph graph = graph(network);
        Weights weights = RearrangedNetwork.random(graph, 2);
        float[] shift = new float[graph.shape(node).extent(-1)];
        for (int channel = 0; channel < shift.length; channel++) {
            shift[channel] = 0.5f - 0.3f * channel;
        }
        var shifted = new BiasShift(graph).add(weights, node, shift);
        assertThat(shifted.isPresent()).isEqualTo(possible);
        if (possible) {
            float[] before = values(graph, weights, node);
            float[] after = values(graph, shifted.get(), node);
            for (int index = 0; index < before.length; index++) {
                assertThat(after[index]).isCloseTo(before[index] + shift[index % shift.length], within(1e-5f));
            }
        }
    }
}
