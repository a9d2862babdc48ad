package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.support.Logits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained networks that PyTorch exported: its logits and those of ONNX Runtime. */
class OnnxNetworksTest {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve(name), NpyFiles.resource(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cnn_bn_leaky", "resnet_small"})
    void logitsAreThoseOfTheExporter(String name) throws IOException {
        OnnxImport.Network network = OnnxImport.read(file(name + ".onnx")).require();
        float[] images = NpyFiles.floats("input64.npy");
        float[] logits = Logits.of(network.graph(), network.weights(), images, 1);
        close(logits, NpyFiles.floats(name + ".logits.npy"));
        byte[] model = NpyFiles.resource(name + ".onnx");
        close(logits, OnnxRuntime.logits(model, images, network.graph().inputShape(), false));
    }

    private static void close(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int index = 0; index < expected.length; index++) {
            assertThat((double) actual[index]).as("logit " + index).isCloseTo(expected[index], within(TOLERANCE));
        }
    }

    @Test
    void theMaximumIsRefusedAndEveryNodeListed() throws IOException {
        OnnxImport.Result result = OnnxImport.read(file("relu_maxpool.onnx"));
        assertThat(result.network()).isEmpty();
        Map<Outcome, Long> outcomes =
                result.nodes().stream().collect(Collectors.groupingBy(NodeReport::outcome, Collectors.counting()));
        assertThat(outcomes).isEqualTo(Map.of(Outcome.CONVERTED, 2L, Outcome.REFUSED, 6L));
        assertThat(result.nodes().get(2).note())
                .isEqualTo("the maximum over [2, 2] is not linear, so that spikes cannot give it exactly; train with"
                        + " average pooling or strided convolutions instead");
        assertThat(result.provenance())
                .containsEntry("opset", "11")
                .containsEntry("imported from", "relu_maxpool.onnx");
    }
}
