package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.error.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.model.Initialisation;
import org.ambispike.model.Net4;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.tensor.ConvGeometry;
import org.ambispike.tensor.Normalisation;
import org.ambispike.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is exported has the same logits in ONNX Runtime, and again when it is imported. */
class OnnxExportTest {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path folder;

    static Stream<SavedModel> networks() {
        Graph net4 = Net4.create(0.1, 0.3);
        Thresholds.Network branched = ResidualNetwork.clipped(0.1, false);
        Thresholds.Network rectified = ResidualNetwork.clipped(0, false);
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.25, 0, false);
        Graph maps = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(5, 5, 3)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(5, 5, 3, 4, 3, 2, 0)), List.of("input")),
                new Node("act1", leaky, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(2, 2, 4, 6, 2, 1, 0)), List.of("act1"))));
        return Stream.of(
                saved(net4, Initialisation.uniform(net4, 3)),
                saved(branched.graph(), branched.weights()),
                saved(rectified.graph(), rectified.weights()),
                saved(maps, Initialisation.uniform(maps, 4)));
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
    void logitsStayTheSameThereAndBack(SavedModel model) throws IOException {
        Path file = folder.resolve("network.onnx");
        OnnxExport.write(file, model);
        float[] images = images(model.graph().inputShape());
        float[] expected = Logits.of(model.graph(), model.weights(), images, 1);
        close(OnnxRuntime.logits(Files.readAllBytes(file), images, model.graph().inputShape(), false), expected);
        OnnxImport.Network imported = OnnxImport.read(file).require();
        close(Logits.of(imported.graph(), imported.weights(), images, 1), expected);
    }

    private static float[] images(Shape shape) {
        SplittableRandom random = new SplittableRandom(2);
        float[] images = new float[4 * Math.toIntExact(shape.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 2);
        }
        return images;
    }

    private static void close(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int index = 0; index < expected.length; index++) {
            assertThat((double) actual[index]).as("logit " + index).isCloseTo(expected[index], within(TOLERANCE));
        }
    }

    @Test
    void whatOnnxCannotSayIsRefused() {
        Thresholds.Network network = ResidualNetwork.clipped(0.1, false);
        Converter.Conversion snn = Converter.convert(network.graph(), network.weights(), NeuronVariant.PAIR);
        refused(saved(snn.graph(), snn.weights()), "node 'act1' spikes");
        Thresholds.Network rounded = Thresholds.quantise(network.graph(), network.weights(), 4);
        refused(saved(rounded.graph(), rounded.weights()), "activation 'act1' rounds its values");
        Thresholds.Network byChannel = ResidualNetwork.clipped(0.1, true);
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
