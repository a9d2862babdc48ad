package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.graph.PoolGeometry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's average pooling must compute. */
@OnDevices
class PoolTest extends DeviceContract {
    private static final double TOLERANCE = 1e-6;

    record Case(PoolGeometry geometry, int batch) {}

    static Stream<Case> shapes() {
        return Stream.of(
                // height, width, channels, kernel, stride
                new Case(new PoolGeometry(28, 28, 32, 2, 2), 3),
                new Case(new PoolGeometry(7, 9, 1, 2, 2), 1),
                new Case(new PoolGeometry(5, 5, 3, 2, 2), 16),
                new Case(new PoolGeometry(8, 8, 7, 3, 2), 3),
                new Case(new PoolGeometry(9, 7, 33, 3, 1), 3),
                new Case(new PoolGeometry(7, 7, 64, 7, 7), 2),
                new Case(new PoolGeometry(6, 6, 7, 2, 3), 1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void poolingMatchesTheReference(Case shape) {
        int srcCount = (int) (shape.batch * shape.geometry.inputShape().elements());
        int dstCount = (int) (shape.batch * shape.geometry.outputShape().elements());
        try (PoolKernel kernel = backend.linear().planAveragePool("pool", shape.geometry, shape.batch);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer src = arrays.output("src", srcCount);
            DeviceBuffer dst = arrays.output("dst", dstCount);
            Random random = new Random(1);
            for (int round = 0; round < 2; round++) {
                float[] x = arrays.uploadRandom(random, src);
                arrays.poison(dst);
                kernel.forward(src, dst);
                Compare.assertClose("dst", arrays.download(dst), forward(shape, x, dstCount), TOLERANCE);
                float[] g = arrays.uploadRandom(random, dst);
                arrays.poison(src);
                kernel.backward(dst, src);
                Compare.assertClose("gradSrc", arrays.download(src), backward(shape, g, srcCount), TOLERANCE);
            }
        }
        assertThat(backend.memory().liveBytes()).isZero();
        assertThat(backend.memory().allocations()).isEqualTo(2);
    }

    private static double[] forward(Case shape, float[] src, int count) {
        double[] dst = new double[count];
        forEachPair(shape, (s, d) -> dst[d] += src[s] / windowSize(shape));
        return dst;
    }

    private static double[] backward(Case shape, float[] gradDst, int count) {
        double[] gradSrc = new double[count];
        forEachPair(shape, (s, d) -> gradSrc[s] += gradDst[d] / windowSize(shape));
        return gradSrc;
    }

    private static double windowSize(Case shape) {
        return (double) shape.geometry.kernel() * shape.geometry.kernel();
    }

    @FunctionalInterface
    private interface Pair {
        void at(int src, int dst);
    }

    private static void forEachPair(Case shape, Pair pair) {
        PoolGeometry g = shape.geometry;
        int dst = 0;
        for (int n = 0; n < shape.batch; n++) {
            for (int y = 0; y < g.outHeight(); y++) {
                for (int x = 0; x < g.outWidth(); x++) {
                    for (int c = 0; c < g.channels(); c++) {
                        for (int k = 0; k < g.kernel() * g.kernel(); k++) {
                            int row = y * g.stride() + k / g.kernel();
                            int column = x * g.stride() + k % g.kernel();
                            pair.at(((n * g.height() + row) * g.width() + column) * g.channels() + c, dst);
                        }
                        dst++;
                    }
                }
            }
        }
    }
}
