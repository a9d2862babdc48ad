package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and matrix multiplication over bytes against whole-number arithmetic. */
@OnDevices
class Int8LinearTest extends DeviceContract {
    @Override
    Precision precision() {
        return Precision.INT8;
    }

    private static final float SCALE = 1 / 64f;

    static Stream<ConvGeometry> geometries() {
        return Stream.concat(
                Stream.of(
                        new ConvGeometry(1, 1, 63, 4, 1, 1, 0),
                        new ConvGeometry(1, 1, 200, 10, 1, 1, 0),
                        new ConvGeometry(6, 5, 3, 7, 3, 1, 1),
                        new ConvGeometry(7, 7, 16, 33, 3, 2, 1),
                        new ConvGeometry(14, 14, 8, 16, 5, 1, 2),
                        new ConvGeometry(5, 5, 4, 8, 5, 1, 4),
                        new ConvGeometry(8, 8, 12, 5, 3, 1, 0),
                        new ConvGeometry(2, 2, 16, 16, 3, 1, 1),
                        new ConvGeometry(3, 9, 5, 6, 3, 3, 2),
                        new ConvGeometry(4, 4, 64, 64, 1, 2, 0),
                        new ConvGeometry(7, 5, 5, 5, 3, 1, 1, 5),
                        new ConvGeometry(9, 6, 32, 32, 3, 2, 1, 32),
                        new ConvGeometry(6, 7, 6, 18, 3, 1, 1, 6),
                        new ConvGeometry(5, 5, 16, 32, 5, 1, 2, 16),
                        new ConvGeometry(8, 8, 6, 10, 3, 2, 1, 2),
                        new ConvGeometry(4, 4, 64, 32, 1, 1, 0, 4)),
                RandomGeometries.of(8, 60));
    }

    /** The input channel that a weight multiplies. */
    private static int input(ConvGeometry g, int weight) {
        int read = g.inChannels() / g.groups();
        int output = weight / (g.down().kernel() * g.across().kernel() * read);
        return output * g.groups() / g.outChannels() * read + weight % read;
    }

    private record Numbers(int[] src, float[] weights, float[] bias, float[] unit) {}

    /** Weights that are whole multiples of the scale once units are taken in, up to 127 of them in every output. */
    private static Numbers exact(ConvGeometry g, ReferenceLinear reference, Random random) {
        float[] unit = new float[g.inChannels()];
        for (int c = 0; c < unit.length; c++) {
            unit[c] = 1f / (1 << random.nextInt(4));
        }
        float[] weights = new float[reference.weightElements()];
        int perOutput = weights.length / g.outChannels();
        for (int i = 0; i < weights.length; i++) {
            int whole = i % perOutput == 0 ? 127 : random.nextInt(255) - 127;
            weights[i] = whole * SCALE / unit[input(g, i)];
        }
        float[] bias = new float[g.outChannels()];
        for (int o = 0; o < bias.length; o++) {
            bias[o] = (random.nextInt(2001) - 1000) * SCALE;
        }
        return new Numbers(ByteArrays.randomLevels(random, reference.srcElements(), 127), weights, bias, unit);
    }

    private static float[] worth(int[] src, float[] unit) {
        float[] worth = new float[src.length];
        for (int i = 0; i < worth.length; i++) {
            worth[i] = src[i] * unit[i % unit.length];
        }
        return worth;
    }

    private static Int8Kernel plan(Backend backend, ConvGeometry g, int batch) {
        return g.equals(new ConvGeometry(1, 1, g.inChannels(), g.outChannels(), 1, 1, 0))
                ? backend.int8().orElseThrow().planMatMul("fc", batch, g.inChannels(), g.outChannels(), g.inChannels())
                : backend.int8().orElseThrow().planConvolution("conv", g, batch);
    }

    private static float[] run(Backend backend, ConvGeometry g, int batch, Numbers numbers, double factor) {
        ReferenceLinear reference = new ReferenceLinear(g, batch);
        try (DeviceArrays arrays = new DeviceArrays(backend);
                Int8Kernel kernel = plan(backend, g, batch)) {
            kernel.attach(arrays.allocate("own", kernel.ownBytes()), arrays.allocate("scratch", kernel.scratchBytes()));
            kernel.prepare(
                    arrays.upload("weights", numbers.weights),
                    arrays.upload("bias", numbers.bias),
                    arrays.upload("unit", numbers.unit),
                    factor);
            DeviceBuffer dst = arrays.output("dst", reference.dstElements());
            DeviceBuffer src = ByteArrays.uploadLevels(
                    arrays, "src", numbers.src, backend.int8().orElseThrow());
            kernel.forward(src, dst);
            arrays.poison(dst);
            kernel.forward(src, dst);
            return arrays.download(dst);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void sumsAreExact(ConvGeometry geometry) {
        int batch = 3;
        ReferenceLinear reference = new ReferenceLinear(geometry, batch);
        Numbers numbers = exact(geometry, reference, new Random(geometry.hashCode()));
        double[] expected = reference.forward(worth(numbers.src, numbers.unit), numbers.weights, numbers.bias);
        Compare.assertClose("dst", run(backend, geometry, batch, numbers, 1), expected, 0);
        assertThat(backend.memory().liveBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void realWeightsAreRoundedToTheNearest(ConvGeometry geometry) {
        int batch = 2;
        Random random = new Random(7);
        ReferenceLinear reference = new ReferenceLinear(geometry, batch);
        float[] weights = DeviceArrays.gaussian(random, reference.weightElements());
        float[] unit = new float[geometry.inChannels()];
        for (int c = 0; c < unit.length; c++) {
            unit[c] = 0.1f + random.nextFloat();
        }
        Numbers numbers = new Numbers(
                ByteArrays.randomLevels(random, reference.srcElements(), 127),
                weights,
                DeviceArrays.gaussian(random, geometry.outChannels()),
                unit);
        double factor = 0.25;
        int perOutput = weights.length / geometry.outChannels();
        float[] rounded = new float[weights.length];
        for (int o = 0; o < geometry.outChannels(); o++) {
            double largest = 0;
            for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
                largest = Math.max(largest, Math.abs(weights[i] * factor * unit[input(geometry, i)]));
            }
            for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
                double step = largest / 127;
                rounded[i] = (float) (Math.rint(weights[i] * factor * unit[input(geometry, i)] / step) * step);
            }
        }
        double[] expected = reference.forward(worth(numbers.src, new float[] {1}), rounded, numbers.bias);
        Compare.assertClose("dst", run(backend, geometry, batch, numbers, factor), expected, 1e-5);
    }

    @Test
    void flattenedMapsHaveTheirChannelsInnermost() {
        Random random = new Random(4);
        ConvGeometry geometry = new ConvGeometry(1, 1, 12, 5, 1, 1, 0);
        ReferenceLinear reference = new ReferenceLinear(geometry, 2);
        Numbers numbers = exact(geometry, reference, random);
        float[] unit = {numbers.unit[0], numbers.unit[1], numbers.unit[2]};
        float[] weights = new float[numbers.weights.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = numbers.weights[i] * numbers.unit[i % 12] / unit[i % 3];
        }
        double[] expected = reference.forward(worth(numbers.src, unit), weights, numbers.bias);
        try (Int8Kernel kernel = backend.int8().orElseThrow().planMatMul("fc", 2, 12, 5, 3)) {
            kernel.attach(arrays.allocate("own", kernel.ownBytes()), arrays.allocate("scratch", kernel.scratchBytes()));
            DeviceBuffer src = ByteArrays.uploadLevels(
                    arrays, "src", numbers.src, backend.int8().orElseThrow());
            DeviceBuffer dst = arrays.output("dst", 10);
            assertThatThrownBy(() -> kernel.forward(src, dst)).isInstanceOf(IllegalStateException.class);
            kernel.prepare(
                    arrays.upload("weights", weights),
                    arrays.upload("bias", numbers.bias),
                    arrays.upload("unit", unit),
                    1);
            kernel.forward(src, dst);
            Compare.assertClose("dst", arrays.download(dst), expected, 0);
            assertThatThrownBy(() -> backend.int8().orElseThrow().planMatMul("fc", 2, 12, 5, 5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("12 inputs");
        }
    }
}
