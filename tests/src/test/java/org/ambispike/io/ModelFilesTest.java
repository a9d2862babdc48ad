package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files that are whole, but no valid model or checkpoint. */
class ModelFilesTest {
    private static final SavedModel MODEL = model();

    @TempDir
    Path folder;

    static Stream<Arguments> faults() {
        return Stream.of(
                metadata(
                        "no format", map -> map.remove("format"), "without a format entry, expected 'ambispike-model'"),
                metadata("a checkpoint", map -> map.put("format", "ambispike-checkpoint"), "'ambispike-checkpoint'"),
                metadata("newer", map -> map.put("version", "2"), "has version '2' of ambispike-model"),
                metadata("no version", map -> map.remove("version"), "has version 'none'"),
                metadata("no graph", map -> map.remove("graph"), "lacks the metadata entry 'graph'"),
                metadata("no info", map -> map.remove("info"), "lacks the metadata entry 'info'"),
                metadata("a stray entry", map -> map.put("licence", "x"), "unknown metadata entry 'licence'"),
                metadata("a wrong checksum", map -> map.put("crc32c", "00000000"), "is damaged"),
                metadata("graph not JSON", map -> map.put("graph", "net4"), "its graph: is not valid JSON"),
                metadata("graph null", map -> map.put("graph", "null"), "its graph: is null"),
                metadata("graph a number", map -> map.put("graph", "4"), "its graph: at the start"),
                metadata("graph of nulls", map -> map.put("graph", "[null]"), "its graph: node 0 is null"),
                metadata(
                        "graph of a null shape",
                        graph("{'Input':{'shape':[null]}}"),
                        "[0].op.shape[0]: missing, null or"),
                metadata("graph twice", map -> map.put("graph", map.get("graph") + "[]"), "goes on after its end"),
                metadata("an operation of none", graph("{}"), "at [0].op: missing, null or not a valid Op"),
                metadata("an operation of two", graph("{'Add':{},'Add2':{}}"), "at [0].op: more than one operation"),
                metadata("graph empty", map -> map.put("graph", "[]"), "a graph starts with its input"),
                tensors("missing", map -> map.remove("fc1.weight"), "parameter 'fc1.weight' of shape"),
                tensors("extra", map -> map.put("fc9.weight", one(1)), "tensor 'fc9.weight' belongs to no node"),
                tensors("misshapen", map -> map.put("logits.bias", one(1)), "parameter 'logits.bias' has shape [1]"),
                tensors("NaN", map -> map.put("logits.bias", logits(Float.NaN)), "'logits.bias' holds NaN"),
                tensors("infinite", map -> map.put("logits.bias", logits(1f / 0)), "'logits.bias' holds Infinity"),
                tensors(
                        "thresholds of zero",
                        map -> map.replaceAll((name, tensor) -> name.contains(".theta")
                                ? new HostTensor(tensor.shape(), new float[tensor.values().length])
                                : tensor),
                        "holds 0.0; thresholds are positive magnitudes"));
    }

    /** @param key of the metadata in which {@code from} becomes {@code to}; quotes are double in the file */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            emptyValue = "",
            textBlock =
                    """
                    graph | 'Conv2d' | 'Conv3d' | its graph: at [1].op: unknown operation 'Conv3d'
                    graph | 'kernel':3 | 'kernel':3,'dilation':1 | at [1].op.geometry.dilation: unknown field 'dilation'
                    graph | 'kernel':3 | 'kernel':'3' | at [1].op.geometry.kernel: missing, null or not a valid int
                    graph | 'kernel':3 | 'kernel':3.5 | at [1].op.geometry.kernel: missing, null or not a valid int
                    graph | 'kernel':3 | 'kernel':null | at [1].op.geometry.kernel: missing, null or not a valid int
                    graph | 'kernel':3, | "" | at [1].op.geometry.kernel: missing, null or not a valid int
                    graph | 'kernel':3 | 'kernel':0 | at least 1; got kernel 0
                    graph | 'kernel':3 | 'kernel':3,'kernel':3 | Duplicate field 'kernel'
                    graph | 'name':'conv1' | 'name':'image' | two nodes are called 'image'
                    graph | 'inputs':['image'] | 'inputs':['imago'] | reads 'imago'
                    graph | 'inputs':['image'] | 'inputs':[null] | its graph: at [1]: null where a value is needed
                    graph | 'name':'neuron2' | 'name':'neuron3' | reads 'neuron2'
                    graph | 'shape':[ | 'shape':[0, | extents must be positive
                    graph | 'shape':[ | 'shape':[99999999999, | its graph: at [0].op.shape
                    info | 'network':' | 'network':null,'x':' | its info: at
                    info | 'provenance':{ | 'provenance':{'a':null, | its info: at
                    info | 'calibratedFor':[ | 'calibratedFor':[0, | its info: at
                    info | 'classNames':[ | 'classNames':['extra', | class names for 3 classes
                    info | 'mean':[ | 'mean':[0.5, | normalisation needs
                    """)
    void aFaultInTheJsonIsRefusedWithItsPlace(String key, String from, String to, String expected) {
        Map<String, String> metadata = SampleModels.unstamped(MODEL);
        assertThat(metadata.get(key)).contains(from.replace('\'', '"'));
        metadata.put(key, metadata.get(key).replace(from.replace('\'', '"'), to.replace('\'', '"')));
        refuses(metadata, MODEL.weights().tensors(), expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aFaultIsRefusedWithItsPlace(
            String name, BiConsumer<Map<String, String>, Map<String, HostTensor>> fault, String expected) {
        Map<String, String> metadata = SampleModels.unstamped(MODEL);
        Map<String, HostTensor> tensors = new HashMap<>(MODEL.weights().tensors());
        fault.accept(metadata, tensors);
        refuses(metadata, tensors, expected);
    }

    private void refuses(Map<String, String> metadata, Map<String, HostTensor> tensors, String expected) {
        Path file = folder.resolve("faulty.safetensors");
        Safetensors.write(file, metadata, tensors);
        assertThatThrownBy(() -> ModelFiles.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(expected);
        assertThat(Resources.accepts(file, () -> ModelFiles.read(file))).isFalse();
    }

    @Test
    void theModelThatTheFaultsAreMadeFromIsGoodWithoutItsChecksum() {
        Path file = folder.resolve("good.safetensors");
        Safetensors.write(file, SampleModels.unstamped(MODEL), MODEL.weights().tensors());
        assertThat(ModelFiles.read(file).graph()).isEqualTo(MODEL.graph());
    }

    /** Files that were written must stay readable, and equal models give equal files. */
    @Test
    void theBytesOfVersion1AreKept() throws IOException, URISyntaxException {
        Graph graph = new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(1, 1, 2)), List.of()),
                new Node("hidden", new Op.Linear(2, 1), List.of("image")),
                new Node("spike", new Op.Spike(NeuronModel.SINGLE, 0.1, false, 15), List.of("hidden")),
                new Node("logits", new Op.Linear(1, 2), List.of("spike"))));
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> tensors.put(name, HostTensor.filled(shape, 0.5f)));
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("a \"quoted\"\n line", "∅ \\ \u0001 \uD83D\uDE00");
        provenance.put("accuracy", "0.1");
        ModelInfo info = new ModelInfo(
                "tiny",
                "pixels",
                new Normalisation(List.of(0.1f, 1e-10f), List.of(1f, 16777216f)),
                List.of("cat", "dog"),
                List.of(1, 4),
                provenance);
        Path kept =
                Path.of(getClass().getResource("model-of-version-1.safetensors").toURI());
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, new SavedModel(graph, new Weights(tensors), info));
        assertThat(file).hasSameBinaryContentAs(kept);
        SavedModel read = ModelFiles.read(kept);
        assertThat(read.graph()).isEqualTo(graph);
        assertThat(read.info()).isEqualTo(info);
        assertThat(read.weights().tensors()).isEqualTo(tensors);
    }

    @Test
    void aFlippedBitInTheValuesIsFound() throws IOException {
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, MODEL);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 4] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> ModelFiles.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void aDamagedOrForeignCheckpointIsRefused() throws IOException {
        Path file = folder.resolve("checkpoint.safetensors");
        CheckpointFiles.write(file, new Checkpoint(Map.of("epoch", "3"), Map.of("w", one(1))));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> CheckpointFiles.read(file)).hasMessageContaining("is damaged");
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> CheckpointFiles.read(file)).hasMessageContaining("'w' lies at bytes [0, 4]");
        Safetensors.write(
                file, Map.of("format", CheckpointFiles.FORMAT, "version", "1", "state", "{}"), Map.of("w", one(1)));
        assertThatThrownBy(() -> CheckpointFiles.read(file)).hasMessageContaining("lacks the metadata entry 'crc32c'");
        StampedFile.write(file, CheckpointFiles.FORMAT, Map.of("state", "{\"epoch\":3}"), Map.of());
        assertThatThrownBy(() -> CheckpointFiles.read(file)).isInstanceOf(InputException.class);
        ModelFiles.write(file, MODEL);
        assertThatThrownBy(() -> CheckpointFiles.read(file))
                .hasMessageContaining("is of format 'ambispike-model', expected 'ambispike-checkpoint'");
        CheckpointFiles.delete(file);
        assertThatThrownBy(() -> CheckpointFiles.read(file)).hasMessageContaining("there is no such file");
        CheckpointFiles.delete(file);
    }

    @Test
    void whatCouldNotBeReadBackIsNotWritten() {
        assertThatThrownBy(() -> new Checkpoint(Map.of(), Map.of("w", one(Float.NaN))))
                .hasMessageContaining("tensor 'w' holds NaN");
        assertThatThrownBy(
                        () -> new ModelInfo("n", "d", MODEL.info().normalisation(), List.of(), List.of(4, 2), Map.of()))
                .hasMessageContaining("[4, 2]");
        assertThatThrownBy(() -> CheckpointFiles.write(
                        folder.resolve("file"), new Checkpoint(Map.of(), Map.of("__metadata__", one(1)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private static SavedModel model() {
        SavedModel random = SampleModels.random(7);
        ModelInfo info = new ModelInfo(
                "net",
                "pixels",
                random.info().normalisation(),
                List.of("cat", "dog", "ship"),
                List.of(1, 2, 4),
                Map.of("seed", "7"));
        return new SavedModel(random.graph(), random.weights(), info);
    }

    private static Arguments metadata(String name, Consumer<Map<String, String>> fault, String expected) {
        return Arguments.of(name, both((metadata, tensors) -> fault.accept(metadata)), expected);
    }

    /** A graph of one node of this operation, its quotes single. */
    private static Consumer<Map<String, String>> graph(String operation) {
        String json = "[{'name':'a','op':" + operation + ",'inputs':[]}]";
        return map -> map.put("graph", json.replace('\'', '"'));
    }

    private static Arguments tensors(String name, Consumer<Map<String, HostTensor>> fault, String expected) {
        return Arguments.of("tensor " + name, both((metadata, tensors) -> fault.accept(tensors)), expected);
    }

    private static BiConsumer<Map<String, String>, Map<String, HostTensor>> both(
            BiConsumer<Map<String, String>, Map<String, HostTensor>> fault) {
        return fault;
    }

    private static HostTensor one(float value) {
        return HostTensor.filled(Shape.of(1), value);
    }

    private static HostTensor logits(float value) {
        return HostTensor.filled(Shape.of(3), value);
    }
}
