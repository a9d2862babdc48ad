package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.graph.Graph;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.graph.WindowAxis;
import org.ambispike.support.Logits;
import org.ambispike.support.PooledBranches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Max pools that move through what lies between them and activations, or split these. */
class PoolMoveTest {
    private static List<String> pools(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.op() instanceof Op.MaxPool)
                .map(node -> node.name() + node.inputs())
                .toList();
    }

    @Test
    void poolsReadDrivesAndActivationsFollowThem() {
        Network ann = PooledBranches.ann(1);
        Network moved = MaxPools.beforeActivations(ann);
        assertThat(pools(moved.graph()))
                .containsExactly(
                        "pool1[conv1]",
                        "pool2[pad]",
                        "pool3.1.1[conv1]",
                        "pool3.1.2[conv3]",
                        "spp1[conv2]",
                        "spp2[spp1]",
                        "spp3[spp2]",
                        "pool4[mean]");
        assertThat(moved.graph().neurons().stream()
                        .map(node -> node.name() + node.inputs())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "act1[conv1]",
                        "act1.pool1[pool1]",
                        "act1.pool3.1.1[pool3.1.1]",
                        "act2[conv2]",
                        "act2.pool2[pool2]",
                        "act3[conv3]",
                        "act3.pool3.1.2[pool3.1.2]",
                        "act2.spp1[spp1]",
                        "act2.spp1.spp2[spp2]",
                        "act2.spp1.spp2.spp3[spp3]",
                        "act4[conv4]");
        assertThat(moved.graph().node("pad").inputs()).containsExactly("conv2");
        assertThat(MaxPools.beforeActivations(moved)).isSameAs(moved);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void theAnnGivesTheSameBits(long seed) {
        Network ann = PooledBranches.ann(seed);
        Network moved = MaxPools.beforeActivations(ann);
        float[] images = PooledBranches.images(16);
        assertThat(Logits.of(moved.graph(), moved.weights(), images, 1))
                .isEqualTo(Logits.of(ann.graph(), ann.weights(), images, 1));
        for (String copy : List.of("act1.pool1", "act2.spp1.spp2")) {
            assertThat(moved.weights().get(copy + ".thetaNegative").values())
                    .isEqualTo(ann.weights()
                            .get(copy.substring(0, 4) + ".thetaNegative")
                            .values());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAIR", "MEMORY"})
    void resultsTendToThoseOfTheAnn(NeuronVariant variant) {
        Network ann = PooledBranches.ann(2);
        Converter.Conversion snn = Converter.convert(ann, variant);
        Logits.assertTendToTheAnns(snn.network(), ann, PooledBranches.images(32), 64);
        assertThat(snn.notes())
                .filteredOn(note -> note.contains("graded"))
                .containsExactly("pool4: pools sums so far, since no neuron can follow; graded, in f32");
    }

    @Test
    void copiesGetTheThresholdsThatTheirOriginalWasMeasuredWith() {
        Network ann = PooledBranches.ann(1);
        Map<String, Thresholds.Pair> measured = ann.graph().neurons().stream()
                .collect(Collectors.toMap(
                        Node::name, node -> new Thresholds.Pair(node.name().charAt(3), 0.5)));
        Network clipped = Thresholds.clip(ann, measured, false);
        assertThat(clipped.weights().get("act2.spp1.thetaPositive").values()).containsExactly('2');
        assertThat(clipped.weights().get("act3.thetaPositive").values()).containsExactly('3');
    }

    /** Windows along rows: kernel, stride and padding of each pool; how far the one that they are reaches, or 0 if they are none. */
    @ParameterizedTest
    @CsvSource({
        "2,2,0, 2,2,0, 4",
        "3,1,1, 3,1,1, 5",
        "3,2,1, 3,2,1, 7",
        "3,2,0, 2,1,0, 5",
        "2,2,0, 3,1,1, 6",
        "1,2,0, 2,1,0, 0",
        "1,2,0, 1,1,0, 1",
        "5,4,2, 2,1,1, 0",
        "2,1,0, 2,1,1, 3"
    })
    void poolsInARowAreOneWhereTheirWindowsAreThoseOfOne(
            int kernel, int stride, int padding, int then, int thenStride, int thenPadding, int reach) {
        WindowAxis across = WindowAxis.padded(3, 1, 1, 1, 0, 0);
        WindowAxis first = WindowAxis.padded(12, kernel, stride, 1, padding, padding);
        WindowAxis second = WindowAxis.padded(first.windows(), then, thenStride, 1, thenPadding, thenPadding);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(12, 3, 2)), List.of()),
                new Node("pool1", new Op.MaxPool(new MaxPoolGeometry(2, first, across)), List.of("input")),
                new Node("pool2", new Op.MaxPool(new MaxPoolGeometry(2, second, across)), List.of("pool1"))));
        Network network = new Network(graph, new Weights(Map.of()));
        Network merged = MaxPools.beforeActivations(network);
        float[] images = new float[72 * 5];
        for (int index = 0; index < images.length; index++) {
            images[index] = index * 37 % 101 - 50;
        }
        assertThat(Logits.of(merged.graph(), merged.weights(), images, 1))
                .isEqualTo(Logits.of(graph, network.weights(), images, 1));
        if (reach == 0) {
            assertThat(merged).isSameAs(network);
        } else {
            Op.MaxPool pool = (Op.MaxPool) merged.graph().node("pool2").op();
            assertThat(pool.geometry().down().kernel()).isEqualTo(reach);
        }
    }
}
