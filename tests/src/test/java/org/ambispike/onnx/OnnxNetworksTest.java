package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxComparison.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.data.NpyArray;
import org.ambispike.graph.Network;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.support.Logits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that PyTorch 2.13 and 1.13 exported: its logits and those of ONNX Runtime. */
class OnnxNetworksTest {
    private static Path file(String name) throws URISyntaxException {
        return Path.of(OnnxNetworksTest.class.getResource(name).toURI());
    }

    private static float[] array(String name) throws URISyntaxException {
        return NpyArray.read(file(name)).values();
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
    void logitsAreThoseOfTheExporter(String name, String input, boolean flat) throws URISyntaxException {
        Network network = OnnxImport.read(file(name + ".onnx")).require();
        Shape shape = network.graph().inputShape();
        float[] images = OnnxRuntime.channelsLast(array(input + ".npy"), shape);
        float[] logits = Logits.of(network.graph(), network.weights(), images, 1);
        assertClose(logits, array(name + ".logits.npy"), "of the exporter");
        assertClose(logits, OnnxRuntime.logits(file(name + ".onnx"), images, shape, flat), "of ONNX Runtime");
    }

    @Test
    void everyNodeIsListed() throws URISyntaxException {
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
