package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxComparison.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Architecture;
import org.ambispike.paper.Initialisation;
import org.ambispike.paper.Net4;
import org.ambispike.paper.ResNet18;
import org.ambispike.paper.Vgg16;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.ResidualNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is exported has the same logits in ONNX Runtime, and again when it is imported. */
class OnnxExportTest {
    @TempDir
    private Path folder;

    static Stream<SavedModel> networks() {
        Graph normalised = NormalisedNetwork.graph(0.1);
        Network branched = ResidualNetwork.clipped(0.1, false);
        Network rectified = ResidualNetwork.clipped(0, false);
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.25, 0, false);
        Graph maps = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(5, 5, 3)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(5, 5, 3, 4, 3, 2, 0)), List.of("input")),
                new Node("act1", leaky, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(2, 2, 4, 6, 2, 1, 0)), List.of("act1"))));
        Graph grouped = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(5, 5, 3)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(5, 5, 3, 6, 3, 2, 1, 3)), List.of("input")),
                new Node("act1", leaky, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(3, 3, 6, 4, 3, 1, 0, 2)), List.of("act1"))));
        Graph pools = MaxPoolNetwork.graph(leaky, true);
        return Stream.of(
                saved(pools, MaxPoolNetwork.random(pools, 1)),
                paper(new Net4()),
                paper(new Vgg16(Vgg16.FULL_WIDTH)),
                paper(new ResNet18(ResNet18.FULL_WIDTH)),
                saved(normalised, NormalisedNetwork.weights(normalised, 6)),
                saved(branched.graph(), branched.weights()),
                saved(rectified.graph(), rectified.weights()),
                saved(maps, Initialisation.uniform(maps, 4)),
                saved(grouped, Initialisation.uniform(grouped, 4)));
    }

    /** A network of the paper, whose batch normalisations have uneven factors, terms and statistics. */
    private static SavedModel paper(Architecture network) {
        Graph graph = network.graph(0.1, 0.3);
        Weights weights = network.initial(graph, 3);
        SplittableRandom random = new SplittableRandom(4);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.BatchNorm) {
                fill(weights.get(node.parameter("gamma")), random, 0.5, 1.5);
                fill(weights.get(node.parameter("beta")), random, -0.5, 0.5);
                fill(weights.get(node.parameter("mean")), random, -0.5, 0.5);
                fill(weights.get(node.parameter("variance")), random, 0.3, 2);
            }
        }
        return saved(graph, weights);
    }

    private static void fill(HostTensor tensor, SplittableRandom random, double from, double to) {
        for (int index = 0; index < tensor.values().length; index++) {
            tensor.values()[index] = (float) random.nextDouble(from, to);
        }
    }

    private static SavedModel saved(Graph graph, Weights weights) {
        int channels = graph.inputShape().extent(-1);
        Normalisation normalisation =
                new Normalisation(Collections.nCopies(channels, 0.5f), Collections.nCopies(channels, 0.25f));
        ModelInfo info = new ModelInfo("tested", "none", normalisation, List.of(), List.of(), Map.of());
        return new SavedModel(graph, weights, info);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void logitsStayTheSameThereAndBack(SavedModel model) {
        Path file = folder.resolve("network.onnx");
        OnnxExport.write(file, model);
        float[] images = images(model.graph().inputShape());
        float[] expected = Logits.of(model.graph(), model.weights(), images, 1);
        Shape shape = model.graph().inputShape();
        assertClose(OnnxRuntime.logits(file, images, shape, false), expected, "in ONNX Runtime");
        Network imported = OnnxImport.read(file).require();
        assertThat(imported.graph().nodes()).noneMatch(node -> node.op() instanceof Op.BatchNorm);
        assertClose(Logits.of(imported.graph(), imported.weights(), images, 1), expected, "imported");
    }

    private static float[] images(Shape shape) {
        SplittableRandom random = new SplittableRandom(2);
        float[] images = new float[4 * Math.toIntExact(shape.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 2);
        }
        return images;
    }

    @Test
    void whatOnnxCannotSayIsRefused() {
        Network network = ResidualNetwork.clipped(0.1, false);
        Converter.Conversion snn = Converter.convert(network, NeuronVariant.PAIR);
        refused(saved(snn.graph(), snn.weights()), "node 'act1' spikes");
        Network rounded = Thresholds.quantise(network, 4);
        refused(saved(rounded.graph(), rounded.weights()), "activation 'act1' rounds its values");
        Network byChannel = ResidualNetwork.clipped(0.1, true);
        refused(saved(byChannel.graph(), byChannel.weights()), "activation 'act1' has thresholds for each channel");
    }

    private void refused(SavedModel model, String reason) {
        Path file = folder.resolve("refused.onnx");
        assertThatThrownBy(() -> OnnxExport.write(file, model))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(reason);
        assertThat(file).doesNotExist();
    }
}
