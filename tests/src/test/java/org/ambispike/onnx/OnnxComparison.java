package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.support.Logits;

/** The results of an imported network, in ONNX's order, beside those of ONNX Runtime. */
final class OnnxComparison {
    private static final int IMAGES = 3;
    private static final double TOLERANCE = 1e-5;

    /** A network, given its builder; returns the names of its results. */
    interface Net extends Function<OnnxBuilder, List<String>> {}

    private OnnxComparison() {}

    /** @param extents of an image */
    static OnnxImport.Result assertSame(Path folder, int opset, List<Long> extents, Net net) {
        long[] input = new long[extents.size() + 1];
        input[0] = -1;
        for (int axis = 0; axis < extents.size(); axis++) {
            input[axis + 1] = extents.get(axis);
        }
        OnnxBuilder builder = new OnnxBuilder(opset, input);
        return assertSame(folder, builder.model(net.apply(builder).toArray(String[]::new)));
    }

    static OnnxImport.Result assertSame(Path folder, ModelProto model) {
        try {
            return assertSame(Files.write(folder.resolve("network.onnx"), model.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static OnnxImport.Result assertSame(Path file) {
        OnnxImport.Result result = OnnxImport.read(file);
        Network network = result.require();
        OnnxLayout input = result.input();
        long[] extents = new long[input.extents().size() + 1];
        extents[0] = IMAGES;
        for (int axis = 1; axis < extents.length; axis++) {
            extents[axis] = input.extents().get(axis - 1);
        }
        float[] images = images((int) (IMAGES * input.shape().elements()));
        List<float[]> expected =
                List.copyOf(OnnxRuntime.run(file, images, extents).values());
        Graph graph = network.graph();
        float[] values = Logits.of(graph, network.weights(), input.toOurs(images), 1);
        int size = values.length / IMAGES;
        assertThat(result.outputs()).hasSameSizeAs(expected).hasSameSizeAs(graph.outputs());
        for (int index = 0; index < expected.size(); index++) {
            OnnxLayout layout = result.outputs().get(index);
            int offset = graph.outputs().get(index).offset();
            int length = (int) layout.shape().elements();
            float[] part = new float[IMAGES * length];
            for (int image = 0; image < IMAGES; image++) {
                System.arraycopy(values, image * size + offset, part, image * length, length);
            }
            assertClose(layout.toOnnx(part), expected.get(index), layout + " of " + result.nodes());
        }
        return result;
    }

    /** Within 1e-5 or, where values are larger than 1, of the largest. */
    static void assertClose(float[] actual, float[] expected, String what) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int index = 0; index < expected.length; index++) {
            assertThat(Math.abs((double) actual[index] - expected[index]))
                    .as("value %d: %s instead of %s, %s", index, actual[index], expected[index], what)
                    .isLessThanOrEqualTo(TOLERANCE * largest);
        }
    }

    private static float[] images(int count) {
        SplittableRandom random = new SplittableRandom(5);
        float[] images = new float[count];
        for (int index = 0; index < count; index++) {
            images[index] = (float) random.nextDouble(-1.5, 2);
        }
        return images;
    }
}
