package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxLogits.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.graph.Network;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.support.Logits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that PyTorch 2.13 and 1.13 exported: its logits and those of ONNX Runtime. */
class OnnxNetworksTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve(name), NpyFiles.resource(name));
    }

    /** Arrays of the exporter are [N, C, H, W], or [N, F] where flat. */
    @ParameterizedTest
    @CsvSource({
        "cnn_bn_leaky, input64, false",
        "resnet_small, input64, false",
        "relu_maxpool, input64, false",
        "torch_photo, torch_photo.input, false",
        "torch_table, torch_table.input, true"
    })
    void logitsAreThoseOfTheExporter(String name, String input, boolean flat) throws IOException {
        Network network = OnnxImport.read(file(name + ".onnx")).require();
        Shape shape = network.graph().inputShape();
        float[] images = OnnxRuntime.channelsLast(NpyFiles.floats(input + ".npy"), shape);
        float[] logits = Logits.of(network.graph(), network.weights(), images, 1);
        assertClose(logits, NpyFiles.floats(name + ".logits.npy"));
        assertClose(logits, OnnxRuntime.logits(NpyFiles.resource(name + ".onnx"), images, shape, flat));
    }

    @Test
    void everyNodeIsListed() throws IOException {
        OnnxImport.Result result = OnnxImport.read(file("relu_maxpool.onnx"));
        Map<Outcome, Long> outcomes =
                result.nodes().stream().collect(Collectors.groupingBy(NodeReport::outcome, Collectors.counting()));
        assertThat(outcomes).isEqualTo(Map.of(Outcome.CONVERTED, 7L, Outcome.FOLDED, 1L));
        assertThat(result.nodes().get(2).note()).isEqualTo("max pooling 2x2");
        assertThat(result.provenance())
                .containsEntry("opset", "11")
                .containsEntry("imported from", "relu_maxpool.onnx");
    }
}
