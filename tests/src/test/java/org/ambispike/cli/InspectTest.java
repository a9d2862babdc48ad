package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    @TempDir
    Path folder;

    @Test
    void poolsShowWhatDiffersByDirection() {
        Path file = folder.resolve("pools.safetensors");
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), true);
        ModelFiles.write(file, new SavedModel(graph, MaxPoolNetwork.random(graph, 1), MaxPoolNetwork.info()));
        assertThat(Inspect.describe(file))
                .containsPattern("pool1 +MaxPool 3x3, stride 2, padding 1 +4x3x5 +0 +0")
                .containsPattern("pool2 +MaxPool 3x2, stride 2 +2x2x6 ")
                .containsPattern("pool3 +MaxPool 2x1, stride 1 +1x2x6 ");
    }

    @Test
    void joinsAndMapsAlongAxesShowWhatTheyRead() {
        Path file = folder.resolve("rearranged.safetensors");
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(NeuronModel.PAIR));
        ModelFiles.write(file, new SavedModel(graph, RearrangedNetwork.random(graph, 1), RearrangedNetwork.info()));
        assertThat(Inspect.describe(file))
                .containsPattern("pad +Resample of 7x6x5, copies +10x8x5 +0 +0")
                .containsPattern("mix +Resample of 14x12x2, weighted sums +4x5x3 ")
                .containsPattern("cat +Concat early, up, act1 +7x6x12 ")
                .containsPattern("blocks +DepthToSpace 2x2 +14x12x2 ")
                .containsPattern("results +Outputs map, constant, logits, spikes +262 ");
    }

    @Test
    void aModelIsShownWithItsNodesThresholdsAndTensors() {
        Path file = folder.resolve("snn.safetensors");
        ModelFiles.write(file, model());
        assertThat(Inspect.describe(file))
                .isEqualTo(
                        """
                        Model file: snn

                        network         net
                        data set        fashion-mnist
                        classes         2: shirt, ankle boot
                        normalisation   mean [0.286], deviation [0.353]
                        calibrated for  T = 1, 2, 4

                        Provenance
                        recipe          ambispike
                        seed            7

                        node    operation                                output  parameters  MACs/image
                        ──────  ───────────────────────────────────────  ──────  ──────────  ──────────
                        image   Input                                    4x4x1            0           0
                        conv1   Conv2d 3x3, 1 to 2, stride 1, padding 1  4x4x2           20         288
                        spike1  Spike PAIR, alpha 0.1                    4x4x2            8           0
                        pool1   AveragePool 2x2, stride 2                2x2x2            0           0
                        logits  Linear 8 to 2                            2               18          16
                        total                                                            46         304
                        MACs/image: multiply-accumulates per image and time step, without sparsity

                        layer   neuron parameter  by         mean     min     max
                        ──────  ────────────────  ───────  ──────  ──────  ──────
                        spike1  thetaPositive     channel  2.0000  1.0000  3.0000
                        spike1  thetaNegative     channel  0.5000  0.5000  0.5000
                        spike1  startPositive     channel  0.5000  0.5000  0.5000
                        spike1  startNegative     channel  0.5000  0.5000  0.5000

                        tensor                type  shape      mean     min     max
                        ────────────────────  ────  ───────  ──────  ──────  ──────
                        conv1.bias            F32   2        0.5000  0.5000  0.5000
                        conv1.weight          F32   2x3x3x1  0.5000  0.5000  0.5000
                        logits.bias           F32   2        0.5000  0.5000  0.5000
                        logits.weight         F32   2x8      0.5000  0.5000  0.5000
                        spike1.startNegative  F32   2        0.5000  0.5000  0.5000
                        spike1.startPositive  F32   2        0.5000  0.5000  0.5000
                        spike1.thetaNegative  F32   2        0.5000  0.5000  0.5000
                        spike1.thetaPositive  F32   2        2.0000  1.0000  3.0000
                        8 tensors, 46 values, 1,728 bytes
                        """);
    }

    @Test
    void batchNormalisationIsShownWithItsParameters() {
        Path file = folder.resolve("model.safetensors");
        Graph graph = NormalisedNetwork.graph(0.1);
        ModelInfo info = new ModelInfo("net", "own", Normalisation.none(2), List.of(), List.of(), Map.of());
        ModelFiles.write(file, new SavedModel(graph, NormalisedNetwork.weights(graph, 1), info));
        assertThat(Inspect.describe(file))
                .startsWith("Model file: ann\n")
                .containsPattern("\nnorm1 +BatchNorm, epsilon 0.001 +7x6x3 +12 +0\n")
                .containsPattern("\nnorm1.gamma +F32 +3 +\\d\\.\\d+ ")
                .containsPattern("\nnorm1.beta +F32 +3 ")
                .containsPattern("\nnorm1.mean +F32 +3 ")
                .containsPattern("\nnorm3.variance +F32 +5 +\\d\\.\\d+ ");
    }

    @Test
    void aCheckpointAndAForeignFileAreShown() throws IOException {
        Path file = folder.resolve("file.safetensors");
        Map<String, HostTensor> tensors = Map.of("w", new HostTensor(Shape.of(2, 2), new float[] {1, 2, 3, -4e-5f}));
        CheckpointFiles.write(file, new Checkpoint(Map.of("stage", "train"), tensors));
        assertThat(Inspect.describe(file))
                .startsWith("Checkpoint\n\nstage           train\n")
                .contains("tensor  type  shape    mean         min     max\n")
                .contains("w       F32   2x2    1.5000  -4.000e-05  3.0000\n")
                .contains("1 tensors, 4 values, ");
        writeForeign(file, "made by", "a\\nb " + "long words ".repeat(30));
        String text = Inspect.describe(file);
        assertThat(text).startsWith("Safetensors file of another program\n\nmade by         a b long words");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void aDamagedFileIsRefused() throws IOException {
        Path file = folder.resolve("file.safetensors");
        writeForeign(file, "format", ModelFiles.FORMAT);
        assertThatThrownBy(() -> Inspect.describe(file)).isInstanceOf(InputException.class);
    }

    /** Another program's file: one entry of metadata, as JSON has it within quotes, and a tensor of four values. */
    private static void writeForeign(Path file, String key, String value) throws IOException {
        byte[] header = ("{\"__metadata__\":{\"" + key + "\":\"" + value
                        + "\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length)
                .put(header)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .putFloat(-4e-5f);
        Files.write(file, bytes.array());
    }

    private static SavedModel model() {
        ConvGeometry conv = new ConvGeometry(4, 4, 1, 2, 3, 1, 1);
        Graph graph = new Graph(List.of(
                new Node("image", new Op.Input(conv.inputShape()), List.of()),
                new Node("conv1", new Op.Conv2d(conv), List.of("image")),
                new Node("spike1", new Op.Spike(NeuronModel.PAIR, 0.1, true), List.of("conv1")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(4, 4, 2, 2, 2)), List.of("spike1")),
                new Node("logits", new Op.Linear(8, 2), List.of("pool1"))));
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> tensors.put(name, HostTensor.filled(shape, 0.5f)));
        tensors.put("spike1.thetaPositive", new HostTensor(Shape.of(2), new float[] {1, 3}));
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("recipe", "ambispike");
        provenance.put("seed", "7");
        return new SavedModel(
                graph,
                new Weights(tensors),
                new ModelInfo(
                        "net",
                        "fashion-mnist",
                        new Normalisation(List.of(0.286f), List.of(0.353f)),
                        List.of("shirt", "ankle boot"),
                        List.of(1, 2, 4),
                        provenance));
    }

    /** Ten times as many layers take about ten times as long, not a hundred times. */
    @Test
    void thousandsOfLayersTakeLinearTime() {
        inspected(100);
        double few = inspected(500);
        double many = inspected(5_000);
        assertThat(many).isLessThan(30 * few + 2);
    }

    /** Seconds. */
    private double inspected(int layers) {
        List<Node> nodes = new ArrayList<>(List.of(new Node("input", new Op.Input(Shape.of(3)), List.of())));
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (int layer = 0; layer < layers; layer++) {
            nodes.add(new Node(
                    "fc" + layer, new Op.Linear(3, 3), List.of(nodes.get(layer).name())));
            tensors.put("fc" + layer + ".weight", HostTensor.filled(Shape.of(3, 3), 1));
            tensors.put("fc" + layer + ".bias", HostTensor.filled(Shape.of(3), 0));
        }
        Path file = folder.resolve("deep.safetensors");
        ModelInfo info = new ModelInfo("deep", "none", Normalisation.none(3), List.of(), List.of(), Map.of());
        ModelFiles.write(file, new SavedModel(new Graph(nodes), new Weights(tensors), info));
        long start = System.nanoTime();
        assertThat(Inspect.describe(file)).contains("fc" + (layers - 1));
        return (System.nanoTime() - start) / 1e9;
    }
}
