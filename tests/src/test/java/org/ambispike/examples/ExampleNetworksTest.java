package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.AnnModel;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

/** The graphs that the examples build compute what the packages do, with small random weights in their layouts. */
class ExampleNetworksTest {
    private final SplittableRandom random = new SplittableRandom(5);

    /** A map in double precision, [height, width, channels]. */
    private record Plane(int height, int width, int channels, double[] values) {
        Plane(int height, int width, int channels) {
            this(height, width, channels, new double[height * width * channels]);
        }

        double at(int row, int column, int channel) {
            boolean inside = row >= 0 && row < height && column >= 0 && column < width;
            return inside ? values[(row * width + column) * channels + channel] : 0;
        }

        void add(int row, int column, int channel, double value) {
            values[(row * width + column) * channels + channel] += value;
        }

        Plane leaky() {
            double[] result = values.clone();
            for (int index = 0; index < result.length; index++) {
                result[index] = result[index] > 0 ? result[index] : 0.1f * result[index];
            }
            return new Plane(height, width, channels, result);
        }
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        for (int index = 0; index < count; index++) {
            values[index] = (float) random.nextDouble(-0.6, 0.7);
        }
        return values;
    }

    private Plane picture(int side) {
        Plane plane = new Plane(side, side, Picture.CHANNELS);
        for (int index = 0; index < plane.values.length; index++) {
            plane.values[index] = random.nextInt(256);
        }
        return plane;
    }

    private static void assertSame(AnnModel model, Plane picture, Plane expected) {
        float[] pixels = new float[picture.values.length];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = (float) picture.values[index];
        }
        float[] map = new float[expected.values.length];
        SessionOptions options =
                SessionOptions.defaults().withDevice(Device.Request.CPU).withBatch(1);
        try (AnnSession session = model.openSession(options)) {
            session.runInto(FloatBuffer.wrap(pixels), FloatBuffer.wrap(map));
        }
        for (int index = 0; index < map.length; index++) {
            double size = 1 + Math.abs(expected.values[index]);
            assertThat((double) map[index])
                    .as("value %d", index)
                    .isCloseTo(expected.values[index], within(1e-5 * size));
        }
    }

    @Test
    void theDetectorIsThatOfFaceApi() {
        int[] channels = {3, 2, 4, 3, 5, 2, 3};
        Map<String, HostTensor> weights = new LinkedHashMap<>();
        put(weights, "conv0/filters", 3, 3, 3, channels[1]);
        put(weights, "conv0/bias", channels[1]);
        for (int block = 1; block <= 5; block++) {
            put(weights, "conv" + block + "/depthwise_filter", 3, 3, channels[block], 1);
            put(weights, "conv" + block + "/pointwise_filter", 1, 1, channels[block], channels[block + 1]);
            put(weights, "conv" + block + "/bias", channels[block + 1]);
        }
        put(weights, "conv8/filters", 1, 1, channels[6], 25);
        put(weights, "conv8/bias", 25);
        Plane picture = picture(64);
        Plane value = picture;
        double[] mean = {117.001, 114.697, 97.404};
        value = new Plane(64, 64, 3, picture.values.clone());
        for (int index = 0; index < value.values.length; index++) {
            value.values[index] = (value.values[index] - mean[index % 3]) / 255;
        }
        value = convolved(value, weights.get("conv0/filters"), weights.get("conv0/bias"), 0)
                .leaky();
        for (int block = 1; block <= 5; block++) {
            value = pooled(value, 2);
            value = depthwise(value, weights.get("conv" + block + "/depthwise_filter"));
            HostTensor pointwise = weights.get("conv" + block + "/pointwise_filter");
            value = convolved(value, pointwise, weights.get("conv" + block + "/bias"), 0)
                    .leaky();
        }
        value = convolved(pooled(value, 1), weights.get("conv8/filters"), weights.get("conv8/bias"), 0);
        AnnModel model = FaceDetector.model(weights, 64, 0);
        assertThat(model.saved().graph().outputs()).containsExactly(new Graph.Output("map", Shape.of(2, 2, 25), 0));
        assertSame(model, picture, value);
        assertThatThrownBy(() -> FaceDetector.model(weights, 100, 0)).hasMessageContaining("a multiple of 32, got 100");
    }

    private void put(Map<String, HostTensor> weights, String name, int... shape) {
        Shape extents = Shape.of(shape);
        weights.put(name, new HostTensor(extents, floats((int) extents.elements())));
    }

    /** @param filter [rows, columns, inputs, outputs] */
    private static Plane convolved(Plane in, HostTensor filter, HostTensor bias, int padding) {
        int kernel = filter.shape().extent(0);
        int outputs = filter.shape().extent(3);
        int cut = kernel - 1 - 2 * padding;
        Plane out = new Plane(in.height - cut, in.width - cut, outputs);
        for (int index = 0; index < out.values.length; index++) {
            int output = index % outputs;
            int row = index / outputs / out.width - padding;
            int column = index / outputs % out.width - padding;
            double sum = bias.values()[output];
            for (int tap = 0; tap < kernel * kernel * in.channels; tap++) {
                int place = tap / in.channels;
                sum += filter.values()[tap * outputs + output]
                        * in.at(row + place / kernel, column + place % kernel, tap % in.channels);
            }
            out.values[index] = sum;
        }
        return out;
    }

    /** @param filter [3, 3, channels, 1] */
    private static Plane depthwise(Plane in, HostTensor filter) {
        Plane out = new Plane(in.height, in.width, in.channels);
        for (int index = 0; index < out.values.length; index++) {
            int channel = index % in.channels;
            int place = index / in.channels;
            for (int tap = 0; tap < 9; tap++) {
                out.values[index] += filter.values()[tap * in.channels + channel]
                        * in.at(place / in.width + tap / 3 - 1, place % in.width + tap % 3 - 1, channel);
            }
        }
        return out;
    }

    /** As TensorFlow pads "same": at the end alone, with what counts for nothing. */
    private static Plane pooled(Plane in, int stride) {
        Plane out = new Plane((in.height + stride - 1) / stride, (in.width + stride - 1) / stride, in.channels);
        for (int index = 0; index < out.values.length; index++) {
            int place = index / in.channels;
            double most = Double.NEGATIVE_INFINITY;
            for (int tap = 0; tap < 4; tap++) {
                int row = place / out.width * stride + tap / 2;
                int column = place % out.width * stride + tap % 2;
                boolean inside = row < in.height && column < in.width;
                most = inside ? Math.max(most, in.at(row, column, index % in.channels)) : most;
            }
            out.values[index] = most;
        }
        return out;
    }

    /** Kernels that the stride divides, and one that it does not. */
    @Test
    void theEnlargerIsThatOfNcnn() {
        for (int[] last : new int[][] {{4, 2, 3}, {3, 2, 1}, {2, 2, 0}, {5, 3, 2}}) {
            List<NcnnModel.Layer> layers = new ArrayList<>();
            layers.add(layer("first", false, 3, 1, 0, 0.1f, 3, 4));
            layers.add(layer("last", true, last[0], last[1], last[2], 1, 4, 3));
            Plane picture = picture(6 + 2 * Enlarger.BORDER);
            Plane scaled = new Plane(picture.height, picture.width, 3);
            for (int index = 0; index < scaled.values.length; index++) {
                scaled.values[index] = picture.values[index] / 255;
            }
            Plane expected = spread(gathered(scaled, layers.get(0)).leaky(), layers.get(1));
            assertSame(Enlarger.model(layers, 6), picture, expected);
        }
    }

    private NcnnModel.Layer layer(
            String name, boolean transposed, int kernel, int stride, int padding, double slope, int in, int out) {
        NcnnModel.Parameters parameters = new NcnnModel.Parameters(floats(out * in * kernel * kernel), floats(out));
        return new NcnnModel.Layer(name, transposed, kernel, stride, padding, slope, parameters);
    }

    private static Plane gathered(Plane in, NcnnModel.Layer layer) {
        int cut = layer.kernel() - 1;
        Plane out = new Plane(in.height - cut, in.width - cut, layer.outputs());
        for (int index = 0; index < out.values.length; index++) {
            int output = index % layer.outputs();
            int place = index / layer.outputs();
            double sum = layer.parameters().bias()[output];
            for (int tap = 0; tap < layer.kernel() * layer.kernel() * in.channels; tap++) {
                int row = tap / in.channels / layer.kernel();
                int column = tap / in.channels % layer.kernel();
                sum += layer.weight(output, tap % in.channels, row, column)
                        * in.at(place / out.width + row, place % out.width + column, tap % in.channels);
            }
            out.values[index] = sum;
        }
        return out;
    }

    /** A transposed convolution as it is defined: each place of the source is spread over a window of the result. */
    private static Plane spread(Plane in, NcnnModel.Layer layer) {
        int side = (in.height - 1) * layer.stride() + layer.kernel() - 2 * layer.padding();
        Plane out = new Plane(side, side, layer.outputs());
        for (int index = 0; index < out.values.length; index++) {
            out.values[index] = layer.parameters().bias()[index % layer.outputs()];
        }
        for (int place = 0; place < in.height * in.width; place++) {
            for (int tap = 0; tap < layer.kernel() * layer.kernel(); tap++) {
                int row = place / in.width * layer.stride() + tap / layer.kernel() - layer.padding();
                int column = place % in.width * layer.stride() + tap % layer.kernel() - layer.padding();
                if (row >= 0 && row < side && column >= 0 && column < side) {
                    for (int output = 0; output < layer.outputs(); output++) {
                        for (int input = 0; input < in.channels; input++) {
                            double weight = layer.weight(output, input, tap / layer.kernel(), tap % layer.kernel());
                            double value = in.at(place / in.width, place % in.width, input);
                            out.add(row, column, output, weight * value);
                        }
                    }
                }
            }
        }
        return out;
    }
}
