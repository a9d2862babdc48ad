package org.ambispike.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.ambispike.cli.NirTable;
import org.ambispike.common.InputException;
import org.ambispike.convert.Converter;
import org.ambispike.convert.StepGains;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Split;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.RealData;
import org.ambispike.support.ResidualNetwork;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is exported, read back and run in plain doubles, gives the executor's logits. */
class NirExportTest {
    private static final Offset<Double> NEAR = Offset.offset(1e-4);
    private static final Path SAMPLE = RealData.checkout().resolve("tests/consumer");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"PAIR,false,1", "PAIR,true,5", "PAIR,false,17", "INTEGRATE_AND_FIRE,true,4"})
    void theFileComputesWhatTheNetworkDoes(NeuronModel neuron, boolean perChannel, int timeSteps) {
        compare(model(neuron, perChannel), timeSteps);
    }

    @Test
    void branchesAreSummed() {
        Network ann = ResidualNetwork.clipped(0.1, true);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        compare(saved(snn.graph(), snn.weights()), 4);
        NirGraph nir = NirExport.of(saved(snn.graph(), snn.weights()));
        assertThat(nir.edges()).doesNotHaveDuplicates();
    }

    private void compare(SavedModel model, int timeSteps) {
        Path file = folder.resolve("net.nir");
        NirFiles.write(file, NirExport.of(model));
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 5; trial++) {
            float[] image = new float[Math.toIntExact(model.graph().inputShape().elements())];
            for (int index = 0; index < image.length; index++) {
                image[index] = (float) random.nextDouble(-1, 2);
            }
            NirInterpreter.Result result =
                    NirInterpreter.run(file, channelsFirst(image, model.graph().inputShape()), timeSteps);
            assertThat(result.margin())
                    .as("no potential that rounding could lift over its threshold")
                    .isGreaterThan(1e-5);
            float[] logits = Logits.of(model.graph(), model.weights(), image, timeSteps);
            assertThat(result.logits()).hasSameSizeAs(logits);
            for (int logit = 0; logit < logits.length; logit++) {
                assertThat(result.logits()[logit]).isCloseTo(logits[logit], NEAR);
            }
        }
    }

    /** The sample project compares with this file, which so has a reference in doubles behind it. */
    @Test
    void theSampleProjectsLogitsAreThoseOfTheReference() throws IOException {
        SavedModel model = ModelFiles.read(SAMPLE.resolve("model.safetensors"));
        Path file = folder.resolve("sample.nir");
        NirFiles.write(file, NirExport.of(model));
        List<String> expected = Files.readAllLines(SAMPLE.resolve("expected-logits.txt"));
        try (Batches batches = Batches.open(RealData.fashionMnist(Split.TEST), BatchOptions.inOrder(expected.size()))) {
            batches.start(0);
            batches.advance();
            Batch batch = batches.current();
            int length = Math.toIntExact(model.graph().inputShape().elements());
            for (int index = 0; index < expected.size(); index++) {
                double[] image = new double[length];
                for (int pixel = 0; pixel < length; pixel++) {
                    image[pixel] = batch.images()[index * length + pixel];
                }
                NirInterpreter.Result result = NirInterpreter.run(file, image, 4);
                assertThat(result.margin()).isGreaterThan(1e-5);
                String[] words = expected.get(index).split(" ");
                assertThat(words).hasSize(1 + result.logits().length);
                for (int logit = 0; logit < result.logits().length; logit++) {
                    assertThat(Double.parseDouble(words[1 + logit])).isCloseTo(result.logits()[logit], NEAR);
                }
            }
        }
    }

    @Test
    void theLayoutIsThatOfNir() {
        Path file = folder.resolve("net.nir");
        NirFiles.write(file, NirExport.of(model(NeuronModel.PAIR, true)));
        try (HdfFile hdf = new HdfFile(file)) {
            assertThat(hdf.getDatasetByPath("node/type").getData()).isEqualTo("NIRGraph");
            assertThat(hdf.getDatasetByPath("node/nodes/conv1/type").getData()).isEqualTo("Conv2d");
            assertThat(hdf.getDatasetByPath("node/nodes/conv1/weight").getDimensions())
                    .containsExactly(3, 2, 3, 3);
            assertThat(hdf.getDatasetByPath("node/nodes/conv1/input_shape").getData())
                    .isEqualTo(new long[] {7, 6});
            assertThat(hdf.getDatasetByPath("node/nodes/spike1_negative/type").getData())
                    .isEqualTo("IF");
            assertThat(hdf.getDatasetByPath("node/nodes/spike1_negative/v_threshold")
                            .getDimensions())
                    .containsExactly(3, 7, 6);
        }
        assertThat(NirListing.isHdf5(file)).isTrue();
        assertThat(NirTable.describe(file))
                .startsWith("NIR file: version ")
                .containsPattern("conv1 +Conv2d +image +.*weight 3x2x3x3")
                .containsPattern("spike1_negative +IF +spike1_negated +.*metadata.reset subtract")
                .containsPattern("pool1 +AvgPool2d +spike1_positive_value \\+ spike1_negative_value")
                .containsPattern("reset +subtract v_threshold");
    }

    @Test
    void whatNirHasNoTermsForIsRefusedByName() {
        for (NeuronModel oneMembrane : List.of(NeuronModel.SINGLE, NeuronModel.MEMORY, NeuronModel.GRADED)) {
            assertThatThrownBy(() -> NirExport.of(model(oneMembrane, false)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("'spike1'")
                    .hasMessageContaining("--neuron pair");
        }
        SavedModel memory = model(NeuronModel.MEMORY, false);
        Network gained = StepGains.over(memory.network(), 2, 0);
        assertThatThrownBy(() -> NirExport.of(new SavedModel(gained, memory.info())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'spike1' has gains by step");
        Graph ann = model(NeuronModel.PAIR, false)
                .graph()
                .map(node -> node.op() instanceof Op.Spike ? Optional.empty() : Optional.of(node));
        assertThatThrownBy(() -> NirExport.of(saved(ann, random(ann))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("convert");
        Graph pools = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), false);
        assertThatThrownBy(() -> NirExport.of(saved(pools, MaxPoolNetwork.random(pools, 1))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'pool1' is a MaxPool,")
                .hasMessageContaining("NIR has no terms for");
    }

    @Test
    void otherFilesAreRefusedByName() throws IOException {
        Path file = folder.resolve("other.nir");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putDataset("something", new long[] {1});
        }
        assertThatThrownBy(() -> NirTable.describe(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> NirTable.describe(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ");
        Files.writeString(file, "text");
        assertThat(NirListing.isHdf5(file)).isFalse();
        assertThat(NirListing.isHdf5(folder.resolve("absent"))).isFalse();
    }

    /** Rows, columns and channels all differ, so that a wrong order shows; a name holds a slash, as other programs give. */
    private static SavedModel model(NeuronModel neuron, boolean perChannel) {
        Op spike = new Op.Spike(neuron, 0.1, perChannel);
        Graph graph = new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 3, 3, 1, 1)), List.of("image")),
                new Node("spike1", spike, List.of("conv1")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(7, 6, 3, 2, 2)), List.of("spike1")),
                new Node("drop1", new Op.Dropout(0.5), List.of("pool1")),
                new Node("block/conv", new Op.Conv2d(new ConvGeometry(3, 3, 3, 6, 2, 1, 0, 3)), List.of("drop1")),
                new Node("block/spike", spike, List.of("block/conv")),
                new Node("fc1", new Op.Linear(24, 5), List.of("block/spike")),
                new Node("spike3", spike, List.of("fc1")),
                new Node("fc2", new Op.Linear(5, 4), List.of("spike3"))));
        return saved(graph, random(graph));
    }

    private static SavedModel saved(Graph graph, Weights weights) {
        Normalisation none = new Normalisation(List.of(0f, 0f), List.of(1f, 1f));
        return new SavedModel(graph, weights, new ModelInfo("net", "noise", none, List.of(), List.of(), Map.of()));
    }

    private static Weights random(Graph graph) {
        SplittableRandom random = new SplittableRandom(17);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            boolean neuron = name.contains("theta") || name.contains("start");
            float[] values = new float[Math.toIntExact(shape.elements())];
            for (int index = 0; index < values.length; index++) {
                values[index] = (float) (neuron ? random.nextDouble(0.1, 0.9) : random.nextDouble(-0.6, 0.6));
                values[index] *= name.contains("thetaNegative") ? 0.2f : 1;
            }
            tensors.put(name, new HostTensor(shape, values));
        });
        return new Weights(tensors);
    }

    private static double[] channelsFirst(float[] image, Shape shape) {
        int channels = shape.extent(-1);
        int positions = image.length / channels;
        double[] reordered = new double[image.length];
        for (int index = 0; index < image.length; index++) {
            reordered[index % channels * positions + index / channels] = image[index];
        }
        return reordered;
    }
}
