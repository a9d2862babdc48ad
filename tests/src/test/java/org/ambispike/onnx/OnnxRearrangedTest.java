package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.RearrangedNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joins, maps along axes and several results in ONNX Runtime. */
class OnnxRearrangedTest {
    private static final int COUNT = 3;

    @TempDir
    private Path folder;

    private static Op conv(int height, int width, int in, int out, int kernel) {
        return new Op.Conv2d(new ConvGeometry(height, width, in, out, kernel, 1, kernel / 2));
    }

    private static Graph graph(String result) {
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.25, 0, false);
        SampledAxis rows = SampledAxis.copies(7, IntStream.of(-1, 2, 1, 0, 1, 2, 3, 4, 6));
        SampledAxis columns = new SampledAxis(
                6,
                List.of(
                        new Window(0, List.of(0.25f, 0.75f)),
                        Window.of(3),
                        new Window(2, List.of(0.5f, 0.25f, 0.25f))));
        SampledAxis channels = SampledAxis.copies(5, IntStream.of(4, -1, 0, 0, 2, 3, 1, 1));
        SampledAxis chosen = SampledAxis.copies(4, IntStream.of(3, 1));
        SampledAxis one = SampledAxis.unchanged(1);
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", conv(7, 6, 2, 5, 3), List.of("input")),
                new Node("act1", leaky, List.of("conv1")),
                new Node("map", new Op.Resample(rows, columns, channels), List.of("act1")),
                new Node("blocks", new Op.DepthToSpace(2, 2), List.of("map")),
                new Node("conv2", conv(18, 6, 2, 3, 1), List.of("blocks")),
                new Node("cat", new Op.Concat(2), List.of("conv2", "blocks")),
                new Node("fc", new Op.Linear(540, 4), List.of("cat")),
                new Node("chosen", new Op.Resample(one, one, chosen), List.of("fc")),
                new Node(
                        "results",
                        new Op.Outputs(List.of(result, "cat", "scores")),
                        List.of("act1", "cat", "chosen"))));
    }

    private static SavedModel model(Graph graph) {
        return new SavedModel(graph, RearrangedNetwork.random(graph, 4), RearrangedNetwork.info());
    }

    @Test
    void resultsAreThoseOfOnnxRuntime() {
        SavedModel model = model(graph("map of activations"));
        Graph graph = model.graph();
        Weights weights = model.weights();
        Path file = folder.resolve("network.onnx");
        OnnxExport.write(file, model);
        float[] images = RearrangedNetwork.images(COUNT, 2);
        float[] expected = Logits.of(graph, weights, images, 1);
        float[] first = OnnxRuntime.channelsFirst(images, graph.inputShape());
        Map<String, float[]> results = OnnxRuntime.run(file, first, COUNT, 2, 7, 6);
        assertThat(results).containsOnlyKeys("map of activations", "cat", "scores");
        for (Graph.Output output : graph.outputs()) {
            OnnxComparison.assertClose(
                    results.get(output.name()), chosen(expected, output, graph.classes()), output.name());
        }
    }

    /** [COUNT, C, H, W] of one result. */
    private static float[] chosen(float[] all, Graph.Output output, int width) {
        int size = (int) output.shape().elements();
        float[] values = new float[COUNT * size];
        for (int image = 0; image < COUNT; image++) {
            System.arraycopy(all, image * width + output.offset(), values, image * size, size);
        }
        return output.shape().rank() == 1 ? values : OnnxRuntime.channelsFirst(values, output.shape());
    }

    @Test
    void whatOnnxCannotSayIsRefused() {
        Path file = folder.resolve("refused.onnx");
        SavedModel named = model(graph("conv1"));
        assertThatThrownBy(() -> OnnxExport.write(file, named))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("result 'conv1' is called like another value");
        SavedModel blocks = model(new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("wide", new Op.DepthToSpace(1, 2), List.of("input")))));
        assertThatThrownBy(() -> OnnxExport.write(file, blocks))
                .isInstanceOf(InputException.class)
                .hasMessage("node 'wide' makes blocks of 1x2; those of ONNX's DepthToSpace are square");
        assertThat(Arrays.asList(folder.toFile().list())).isEmpty();
    }
}
