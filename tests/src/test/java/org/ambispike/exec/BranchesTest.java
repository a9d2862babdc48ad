package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.convert.Converter;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks in which values are read by several nodes, and summed. */
class BranchesTest {
    private static final int BATCH = 4;

    /** The membrane remembers all drive, so that what is left of the error is a spike or so, spread over T steps. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0})
    void ratesAndLogitsTendToThoseOfTheAnnAsOneOverT(double alpha) {
        Network ann = ResidualNetwork.clipped(alpha, false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        float[] images = images(ann.graph());
        Map<String, float[]> expected = values(ann.graph(), ann.weights(), images, 1);
        Map<String, float[]> short64 = values(snn.graph(), snn.weights(), images, 64);
        Map<String, float[]> long512 = values(snn.graph(), snn.weights(), images, 512);
        expected.forEach((layer, activations) -> {
            double at64 = Logits.relativeError(short64.get(layer), activations);
            double at512 = Logits.relativeError(long512.get(layer), activations);
            assertThat(at64).as(layer).isLessThan(0.1);
            assertThat(at512)
                    .as("%s: relative error at T = 512, that at T = 64 being %s", layer, at64)
                    .isLessThan(at64 / 4);
        });
    }

    /** The rates of all layers, and the logits. */
    private static Map<String, float[]> values(Graph graph, Weights weights, float[] images, int timeSteps) {
        Map<String, float[]> values = Logits.rates(graph, weights, images, timeSteps);
        values.put("logits", Logits.of(graph, weights, images, timeSteps));
        return values;
    }

    private static float[] images(Graph graph) {
        SplittableRandom random = new SplittableRandom(3);
        float[] images = new float[Math.toIntExact(graph.inputShape().elements()) * BATCH];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        return images;
    }

    /** By hand, with P = 1 and the membrane started at 0.5; the spikes are added to 3 x. */
    @ParameterizedTest
    @CsvSource({"true, 0.75, 3", "false, 0.75, 3", "true, 0.625, 2", "false, 0.625, 2"})
    void aConstantBranchIsAddedAtEveryStep(boolean constantFirst, float x, int spikesIn4Steps) {
        List<String> inputs = constantFirst ? List.of("triple", "neuron") : List.of("neuron", "triple");
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 1, 1)), List.of()),
                new Node("drive", new Op.Linear(1, 1), List.of("input")),
                new Node("neuron", new Op.Activation(Op.ActivationKind.CLIPPED, 0.5, 0, false), List.of("drive")),
                new Node("triple", new Op.Linear(1, 1), List.of("input")),
                new Node("sum", new Op.Add(), inputs)));
        Weights weights = new Weights(Map.of(
                "drive.weight", filled(1, 1),
                "drive.bias", HostTensor.filled(Shape.of(1), 0),
                "neuron.thetaPositive", HostTensor.filled(Shape.of(1), 1),
                "neuron.thetaNegative", HostTensor.filled(Shape.of(1), 1),
                "triple.weight", filled(1, 3),
                "triple.bias", HostTensor.filled(Shape.of(1), 0)));
        Converter.Conversion snn = Converter.convert(new Network(graph, weights), NeuronVariant.PAIR);
        float[] image = new float[BATCH];
        Arrays.fill(image, x);
        float[] logits = Logits.of(snn.graph(), snn.weights(), image, 4);
        assertThat(logits).containsOnly(3 * x + spikesIn4Steps / 4f);
    }

    private static HostTensor filled(int extent, float value) {
        return HostTensor.filled(Shape.of(extent, extent), value);
    }

    @Test
    void aSumOfUnequalShapesIsRefused() {
        List<Node> nodes = List.of(
                new Node("input", new Op.Input(Shape.of(2, 2, 1)), List.of()),
                new Node("fc1", new Op.Linear(4, 3), List.of("input")),
                new Node("sum", new Op.Add(), List.of("input", "fc1")));
        assertThatThrownBy(() -> new Graph(nodes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("node 'sum' expects an input of shape [2, 2, 1], gets [3]");
    }
}
