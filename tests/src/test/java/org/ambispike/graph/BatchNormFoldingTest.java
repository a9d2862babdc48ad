package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.ambispike.common.InputException;
import org.ambispike.support.Logits;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormFoldingTest {
    private static final int IMAGES = 16;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theFoldedNetworkGivesTheSameLogits(long seed) {
        Graph graph = NormalisedNetwork.graph(0.1);
        Weights weights = NormalisedNetwork.weights(graph, seed);
        BatchNormFolding folded = BatchNormFolding.of(new Network(graph, weights));
        assertThat(folded.graph().nodes()).noneMatch(node -> node.op() instanceof Op.BatchNorm);
        assertThat(folded.notes())
                .containsExactly(
                        "norm1: batch normalisation folded into conv1",
                        "norm2: batch normalisation folded into conv2",
                        "shortcutNorm: batch normalisation folded into shortcut",
                        "norm3: batch normalisation folded into fc1");
        folded.graph().check(folded.weights());
        assertThat(folded.weights().tensors().keySet())
                .isEqualTo(folded.graph().parameterShapes().keySet());
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[Math.toIntExact(graph.inputShape().elements()) * IMAGES];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        float[] expected = Logits.of(graph, weights, images, 1);
        float[] logits = Logits.of(folded.graph(), folded.weights(), images, 1);
        for (int index = 0; index < logits.length; index++) {
            assertThat(logits[index]).isCloseTo(expected[index], within(1e-5f));
        }
    }

    /** By hand: 2 (3 x + 1 - 4) / sqrt(0.2 + 0.05) + 5 = 12 x - 7. */
    @Test
    void oneValueByHand() {
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 1, 1)), List.of()),
                new Node("fc", new Op.Linear(1, 1), List.of("input")),
                new Node("norm", new Op.BatchNorm(0.05, 0.1), List.of("fc"))));
        Weights weights = new Weights(java.util.Map.of(
                "fc.weight", HostTensor.filled(Shape.of(1, 1), 3),
                "fc.bias", HostTensor.filled(Shape.of(1), 1),
                "norm.gamma", HostTensor.filled(Shape.of(1), 2),
                "norm.beta", HostTensor.filled(Shape.of(1), 5),
                "norm.mean", HostTensor.filled(Shape.of(1), 4),
                "norm.variance", HostTensor.filled(Shape.of(1), 0.2f)));
        BatchNormFolding folded = BatchNormFolding.of(new Network(graph, weights));
        assertThat(folded.weights().get("fc.weight").values()[0]).isCloseTo(12, within(1e-5f));
        assertThat(folded.weights().get("fc.bias").values()[0]).isCloseTo(-7, within(1e-5f));
    }

    @Test
    void aNetworkWithoutNormalisationStaysAsItIs() {
        Graph graph = SmallNetworks.leakyGraph();
        Weights weights = SmallNetworks.clippedAnn(1).weights();
        BatchNormFolding folded = BatchNormFolding.of(new Network(graph, weights));
        assertThat(folded.graph()).isSameAs(graph);
        assertThat(folded.weights()).isSameAs(weights);
    }

    @Test
    void whatCannotBeFoldedIsRefusedByName() {
        Op norm = new Op.BatchNorm(1e-5, 0.1);
        Graph onImage = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(2, 2, 1)), List.of()),
                new Node("norm", norm, List.of("input"))));
        assertThatThrownBy(() -> BatchNormFolding.of(new Network(onImage, NormalisedNetwork.weights(onImage, 1))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'norm' follows 'input'");
        Graph readTwice = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(2, 2, 1)), List.of()),
                new Node("conv", new Op.Conv2d(new ConvGeometry(2, 2, 1, 1, 1, 1, 0)), List.of("input")),
                new Node("norm", norm, List.of("conv")),
                new Node("sum", new Op.Add(), List.of("norm", "conv"))));
        assertThatThrownBy(() -> BatchNormFolding.of(new Network(readTwice, NormalisedNetwork.weights(readTwice, 1))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'conv', whose values other nodes read too");
    }

    @Test
    void aNegativeVarianceIsRefused() {
        Graph graph = NormalisedNetwork.graph(0.1);
        Weights weights = NormalisedNetwork.weights(graph, 1).map("norm1.variance", tensor -> {
            HostTensor changed = tensor.copy();
            changed.values()[1] = -0.5f;
            return changed;
        });
        assertThatThrownBy(() -> graph.check(weights))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter 'norm1.variance' holds -0.5; a variance is 0 or more");
    }
}
