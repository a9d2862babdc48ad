package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.common.InputException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.paper.Initialisation;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole networks before and after conversion. */
class ConverterTest {
    private static final int BATCH = 16;
    private static final double ALPHA = 0.1;

    /** One step of the pair neuron is the rounded activation with one level: the same logits. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneStepIsTheQuantisedNetwork(boolean perChannel) {
        Network clipped = clipped(perChannel);
        Network quantised = Thresholds.quantise(clipped, 1);
        Converter.Conversion snn = Converter.convert(quantised, NeuronVariant.PAIR);
        float[] ann = logits(quantised.graph(), quantised.weights(), 1);
        float[] spiking = logits(snn.graph(), snn.weights(), 1);
        assertThat(spread(ann)).as("the images are told apart").isGreaterThan(0.01);
        for (int index = 0; index < ann.length; index++) {
            assertThat(spiking[index]).isCloseTo(ann[index], within(1e-6f));
        }
    }

    /** The first layer's error is at most half a threshold over T, and so that of the logits falls about as 1 / T. */
    @Test
    void logitsTendToThoseOfTheClippedNetwork() {
        Network ann = clipped(false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        float[] expected = logits(ann.graph(), ann.weights(), 1);
        double atEight = distance(logits(snn.graph(), snn.weights(), 8), expected);
        double atSixtyFour = distance(logits(snn.graph(), snn.weights(), 64), expected);
        double atFiveHundredTwelve = distance(logits(snn.graph(), snn.weights(), 512), expected);
        assertThat(atSixtyFour).isLessThan(atEight / 3);
        assertThat(atFiveHundredTwelve).isLessThan(atSixtyFour / 3);
        assertThat(atFiveHundredTwelve / spread(expected)).isLessThan(0.05);
    }

    @ParameterizedTest
    @CsvSource({"PAIR,0.04", "SINGLE,0.04", "IF,0.04", "IBT,0.5", "AUGMENTED,0.5", "SYMMETRIC,0.05"})
    void theRuleGivesTheNegativeThreshold(NeuronVariant variant, float expected) {
        Network ann = clipped(false);
        Converter.Conversion snn = Converter.convert(ann, variant);
        assertThat(snn.weights().get("act1.thetaNegative").values()).containsExactly(expected);
        assertThat(snn.weights().get("act1.thetaPositive").values()).containsExactly(0.5f);
        assertThat(snn.weights().get("act1.startPositive").values()).hasSize(3).containsOnly(0.5f);
        assertThat(snn.weights().get("act1.startNegative").values()).hasSize(3).containsOnly(0.5f);
        assertThat(snn.graph().node("act1").op())
                .isEqualTo(new Op.Spike(variant.model(), ALPHA, false, variant.quanta()));
        assertThat(snn.weights().get("conv1.weight")).isEqualTo(ann.weights().get("conv1.weight"));
    }

    /** Parameters of a layer with slopes 1/4, 0 and 1, thresholds 1/2 and 1/16 for all channels. */
    @ParameterizedTest
    @CsvSource({"PAIR", "MEMORY", "SYMMETRIC", "IBT"})
    void theRuleHoldsForEachChannelsSlope(NeuronVariant variant) {
        List<Double> slopes = List.of(0.25, 0.0, 1.0);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(3)), List.of()),
                new Node("act", new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false, slopes), List.of("input"))));
        Network ann = Thresholds.clip(
                new Network(graph, new Weights(Map.of())), Map.of("act", new Thresholds.Pair(0.5, 0.0625)), false);
        Converter.Conversion snn = Converter.convert(ann, variant);
        boolean bySlope = variant == NeuronVariant.SYMMETRIC;
        assertThat(snn.notes())
                .singleElement()
                .asString()
                .startsWith("act: " + variant.label() + " neuron: slope 0.0 to 1.0 by channel");
        assertThat(snn.graph().node("act").op())
                .isEqualTo(new Op.Spike(variant.model(), 0, bySlope, variant.quanta(), slopes));
        assertThat(snn.weights().get("act.thetaNegative").values())
                .containsExactly(
                        bySlope
                                ? new float[] {0.125f, 0.0625f, 0.5f}
                                : new float[] {variant == NeuronVariant.IBT ? 0.5f : 0.0625f});
        assertThat(ClippedAnn.of(snn.network()).graph().node("act").op())
                .isEqualTo(new Op.Activation(Op.ActivationKind.CLIPPED, 0, 0, bySlope, slopes));
    }

    @Test
    void everyChangeIsListed() {
        Network ann = clipped(false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        assertThat(snn.notes())
                .containsExactly(
                        "act1: pair neuron: slope 0.1, a membrane for each sign",
                        "drop1: dropout left out",
                        "act2: pair neuron: slope 0.1, a membrane for each sign");
        assertThat(snn.graph().nodes()).extracting(Node::name).doesNotContain("drop1");
    }

    @Test
    void anActivationWithoutThresholdsIsRefusedByName() {
        Graph graph = leaky();
        Weights weights = Initialisation.uniform(graph, 3);
        assertThatThrownBy(() -> Converter.convert(new Network(graph, weights), NeuronVariant.PAIR))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'act1' has no thresholds");
    }

    @Test
    void aSpikingNetworkIsRefusedByName() {
        Network ann = clipped(false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        assertThatThrownBy(() -> Converter.convert(snn.network(), NeuronVariant.PAIR))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'act1' spikes already");
    }

    private static Graph leaky() {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(8, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 6, 2, 3, 3, 1, 1)), List.of("input")),
                activation("act1", "conv1"),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(8, 6, 3, 2, 2)), List.of("act1")),
                new Node("drop1", new Op.Dropout(0.3), List.of("pool1")),
                new Node("fc1", new Op.Linear(36, 9), List.of("drop1")),
                activation("act2", "fc1"),
                new Node("fc2", new Op.Linear(9, 4), List.of("act2"))));
    }

    private static Node activation(String name, String input) {
        return new Node(name, new Op.Activation(Op.ActivationKind.LEAKY, ALPHA, 0, false), List.of(input));
    }

    private static Network clipped(boolean perChannel) {
        Graph graph = leaky();
        return Thresholds.clip(
                new Network(graph, Initialisation.uniform(graph, 3)),
                Map.of("act1", new Thresholds.Pair(0.5, 0.04), "act2", new Thresholds.Pair(0.3, 0.03)),
                perChannel);
    }

    /** Without a slope N is infinite: no neuron but the plain one and that with a memory can be meant; thetaN is left alone. */
    @ParameterizedTest
    @EnumSource(NeuronVariant.class)
    void aReluGetsTheMemoryThatIsAskedForAndElseAPlainNeuron(NeuronVariant variant) {
        Network ann = ResidualNetwork.clipped(0, true);
        Converter.Conversion snn = Converter.convert(ann, variant);
        NeuronModel expected = variant == NeuronVariant.MEMORY ? NeuronModel.MEMORY : NeuronModel.INTEGRATE_AND_FIRE;
        assertThat(snn.graph().neurons())
                .allSatisfy(node -> assertThat(node.op()).isEqualTo(new Op.Spike(expected, 0, true)));
        assertThat(snn.weights().get("act1.thetaNegative"))
                .isEqualTo(ann.weights().get("act1.thetaPositive"));
        snn.graph().check(snn.weights());
    }

    /** Logits of the same random images each time, [N, classes]. */
    private static float[] logits(Graph graph, Weights weights, int timeSteps) {
        SplittableRandom random = new SplittableRandom(17);
        float[] images = new float[BATCH * Math.toIntExact(graph.inputShape().elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        return Logits.of(graph, weights, images, timeSteps);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int index = 0; index < a.length; index++) {
            sum += (a[index] - b[index]) * (double) (a[index] - b[index]);
        }
        return Math.sqrt(sum / a.length);
    }

    /** Root of the mean squared distance from one image's logits to the next one's. */
    private static double spread(float[] logits) {
        float[] shifted = new float[logits.length];
        int classes = logits.length / BATCH;
        for (int index = 0; index < logits.length; index++) {
            shifted[index] = logits[(index + classes) % logits.length];
        }
        return distance(logits, shifted);
    }
}
