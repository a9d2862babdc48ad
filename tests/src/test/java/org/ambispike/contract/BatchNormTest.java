package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormGradients;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.PenaltyWeight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's batch normalisation must compute. */
@OnDevices
class BatchNormTest extends DeviceContract {
    private static final double EPSILON = 1e-3;
    private static final double MOMENTUM = 0.1;
    private static final double TOLERANCE = 2e-6;

    /** One layer whose channels have means far from 0 and deviations of their own. */
    private static final class Fixture implements AutoCloseable {
        final Backend backend;
        final BatchNormLayout layout;
        final DeviceArrays arrays;
        final ReferenceBatchNorm reference;
        final int count;
        final int channels;
        final Random random = new Random(1);
        final float[] inputs;
        final float[] gamma;
        final float[] beta;
        final float[] mean;
        final float[] variance;
        final DeviceBuffer x;
        final BatchNormParameters parameters;
        final DeviceBuffer statistics;
        final DeviceBuffer scratch;

        Fixture(Backend backend, BatchNormLayout layout) {
            this.backend = backend;
            this.layout = layout;
            arrays = new DeviceArrays(backend);
            channels = layout.channels();
            int rows = Math.toIntExact(layout.rows());
            reference = new ReferenceBatchNorm(rows, channels, (float) EPSILON);
            count = rows * channels;
            gamma = DeviceArrays.gaussian(random, channels);
            beta = DeviceArrays.gaussian(random, channels);
            mean = DeviceArrays.gaussian(random, channels);
            variance = DeviceArrays.gaussian(random, channels);
            inputs = DeviceArrays.gaussian(random, count);
            for (int c = 0; c < channels; c++) {
                variance[c] = 0.5f + Math.abs(variance[c]);
            }
            for (int i = 0; i < count; i++) {
                inputs[i] = inputs[i] * (1 + i % channels % 3) + (i % channels % 5 - 2);
            }
            x = arrays.upload("x", inputs);
            parameters = new BatchNormParameters(
                    arrays.upload("gamma", gamma),
                    arrays.upload("beta", beta),
                    arrays.upload("mean", mean),
                    arrays.upload("variance", variance));
            statistics = arrays.output("statistics", 2L * channels);
            scratch =
                    arrays.output("scratch", backend.memory().scratchBytes(channels, DeviceMemory.SUMS) / Float.BYTES);
        }

        double[] wideInputs() {
            return DeviceArrays.widen(inputs);
        }

        float[] forward() {
            DeviceBuffer y = arrays.output("y", count);
            backend.training().batchNormTraining(layout, x, parameters, statistics, y, scratch);
            return arrays.download(y);
        }

        @Override
        public void close() {
            arrays.close();
        }
    }

    static Stream<BatchNormLayout> layouts() {
        // 300 and 513 channels: wider than a tile of the CPU's kernels; 3000 rows: several threads
        return IntStream.of(1, 2, 3, 17, 3000).boxed().flatMap(rows -> IntStream.of(1, 3, 8, 16, 33, 64, 300, 513)
                .filter(channels -> rows < 3000 || channels < 100)
                .mapToObj(channels -> new BatchNormLayout(rows, channels, EPSILON, MOMENTUM)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void trainingNormalisesByTheBatchAndMovesTheRunningStatistics(BatchNormLayout layout) {
        try (Fixture fixture = new Fixture(backend, layout)) {
            double[] inputs = fixture.wideInputs();
            double[] expected = fixture.reference.training(
                    inputs, DeviceArrays.widen(fixture.gamma), DeviceArrays.widen(fixture.beta));
            Compare.assertClose("y", fixture.forward(), expected, TOLERANCE);
            double[] means = fixture.reference.means(inputs);
            double[] variances = fixture.reference.variances(inputs);
            double unbiased = layout.rows() > 1 ? layout.rows() / (layout.rows() - 1.0) : 1;
            double[] mean = new double[fixture.channels];
            double[] variance = new double[fixture.channels];
            for (int c = 0; c < fixture.channels; c++) {
                mean[c] = (1 - MOMENTUM) * fixture.mean[c] + MOMENTUM * means[c];
                variance[c] = (1 - MOMENTUM) * fixture.variance[c] + MOMENTUM * unbiased * variances[c];
            }
            DeviceArrays arrays = fixture.arrays;
            Compare.assertClose("mean", arrays.download(fixture.parameters.mean()), mean, TOLERANCE);
            Compare.assertClose("variance", arrays.download(fixture.parameters.variance()), variance, TOLERANCE);
            assertThat(arrays.download(fixture.parameters.gamma())).isEqualTo(fixture.gamma);
            assertThat(arrays.download(fixture.parameters.beta())).isEqualTo(fixture.beta);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void inferenceNormalisesByTheRunningStatistics(BatchNormLayout layout) {
        try (Fixture fixture = new Fixture(backend, layout)) {
            double[] expected = fixture.reference.inference(
                    fixture.wideInputs(),
                    DeviceArrays.widen(fixture.gamma),
                    DeviceArrays.widen(fixture.beta),
                    DeviceArrays.widen(fixture.mean),
                    DeviceArrays.widen(fixture.variance));
            DeviceBuffer y = fixture.arrays.output("y", fixture.count);
            backend.training().batchNormInference(layout, fixture.x, fixture.parameters, y, fixture.scratch);
            Compare.assertClose("y", fixture.arrays.download(y), expected, TOLERANCE);
            backend.training().batchNormInference(layout, fixture.x, fixture.parameters, fixture.x, fixture.scratch);
            assertThat(fixture.arrays.download(fixture.x)).isEqualTo(fixture.arrays.download(y));
            assertThat(fixture.arrays.download(fixture.parameters.mean())).isEqualTo(fixture.mean);
            assertThat(fixture.arrays.download(fixture.parameters.variance())).isEqualTo(fixture.variance);
        }
    }

    static Stream<BatchNormLayout> smallLayouts() {
        return Stream.of(
                new BatchNormLayout(2, 1, EPSILON, MOMENTUM),
                new BatchNormLayout(5, 3, EPSILON, MOMENTUM),
                new BatchNormLayout(17, 4, EPSILON, MOMENTUM),
                new BatchNormLayout(3, 300, EPSILON, MOMENTUM));
    }

    @ParameterizedTest
    @MethodSource("smallLayouts")
    void gradientsAreThoseOfFiniteDifferences(BatchNormLayout layout) {
        try (Fixture fixture = new Fixture(backend, layout)) {
            int channels = fixture.channels;
            int count = fixture.count;
            fixture.forward();
            DeviceArrays arrays = fixture.arrays;
            DeviceBuffer gradY = arrays.output("gradY", count);
            float[] upstream = arrays.uploadRandom(fixture.random, gradY);
            BatchNormParameters gradients = gradients(arrays, channels);
            backend.training()
                    .batchNormBackward(
                            layout,
                            fixture.x,
                            fixture.parameters,
                            fixture.statistics,
                            new BatchNormGradients(gradY, gradY, gradients),
                            fixture.scratch);
            // one point: x, gamma, beta
            ToDoubleFunction<double[]> loss = point -> {
                double[] y = fixture.reference.training(
                        Arrays.copyOf(point, count),
                        Arrays.copyOfRange(point, count, count + channels),
                        Arrays.copyOfRange(point, count + channels, count + 2 * channels));
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    sum += upstream[i] * y[i];
                }
                return sum;
            };
            double[] point = new double[count + 2 * channels];
            System.arraycopy(fixture.wideInputs(), 0, point, 0, count);
            System.arraycopy(DeviceArrays.widen(fixture.gamma), 0, point, count, channels);
            System.arraycopy(DeviceArrays.widen(fixture.beta), 0, point, count + channels, channels);
            double[] expected = FiniteDifferences.gradient(loss, point, 1e-5);
            Compare.assertClose("gradX", arrays.download(gradY), Arrays.copyOf(expected, count), 2e-5);
            Compare.assertClose(
                    "gradGamma",
                    arrays.download(gradients.gamma()),
                    Arrays.copyOfRange(expected, count, count + channels),
                    2e-5);
            Compare.assertClose(
                    "gradBeta",
                    arrays.download(gradients.beta()),
                    Arrays.copyOfRange(expected, count + channels, expected.length),
                    2e-5);
        }
    }

    @Test
    void equalCallsGiveEqualBits() {
        BatchNormLayout layout = new BatchNormLayout(3000, 33, EPSILON, MOMENTUM);
        try (Fixture fixture = new Fixture(backend, layout)) {
            DeviceArrays arrays = fixture.arrays;
            assertThat(fixture.forward()).isEqualTo(fixture.forward());
            DeviceBuffer gradY = arrays.output("gradY", fixture.count);
            arrays.uploadRandom(fixture.random, gradY);
            float[][] results = new float[2][];
            for (int round = 0; round < 2; round++) {
                BatchNormParameters gradients = gradients(arrays, layout.channels());
                DeviceBuffer gradX = arrays.output("gradX", fixture.count);
                backend.training()
                        .batchNormBackward(
                                layout,
                                fixture.x,
                                fixture.parameters,
                                fixture.statistics,
                                new BatchNormGradients(gradY, gradX, gradients),
                                fixture.scratch);
                results[round] = arrays.download(gradX);
            }
            assertThat(results[0]).isEqualTo(results[1]);
        }
    }

    @Test
    void thePenaltyAddsTheGradientOfItsLogarithm() {
        int channels = 37;
        double weight = 0.25; // 0.5 * |-1.5| / 3
        try (Fixture fixture = new Fixture(backend, new BatchNormLayout(1, channels, EPSILON, MOMENTUM))) {
            DeviceArrays arrays = fixture.arrays;
            BatchNormParameters gradients = gradients(arrays, channels);
            float[] before = arrays.uploadRandom(fixture.random, gradients.gamma());
            backend.memory().fill(gradients.beta(), 1);
            DeviceBuffer eta = arrays.allocate("eta", Double.BYTES);
            backend.training()
                    .batchNormPenalty(
                            fixture.parameters,
                            new PenaltyWeight(0.5, arrays.uploadDoubles("loss", -1.5), 3),
                            gradients,
                            eta,
                            channels,
                            0.01);
            double[] point = new double[2 * channels];
            for (int c = 0; c < channels; c++) {
                point[c] = fixture.gamma[c];
                point[channels + c] = fixture.beta[c];
            }
            double expected = ReferenceBatchNorm.eta(point, 0.01f);
            assertThat(arrays.downloadDoubles(eta)[0]).isCloseTo(expected, within(1e-5 * expected));
            double[] gradient =
                    FiniteDifferences.gradient(at -> weight * Math.log(ReferenceBatchNorm.eta(at, 0.01f)), point, 1e-7);
            double[] gamma = new double[channels];
            double[] beta = new double[channels];
            for (int c = 0; c < channels; c++) {
                gamma[c] = before[c] + gradient[c];
                beta[c] = 1 + gradient[channels + c];
            }
            Compare.assertClose("gradGamma", arrays.download(gradients.gamma()), gamma, 1e-5);
            Compare.assertClose("gradBeta", arrays.download(gradients.beta()), beta, 1e-5);
        }
    }

    /** Only gamma and beta have gradients. */
    private static BatchNormParameters gradients(DeviceArrays arrays, int channels) {
        return new BatchNormParameters(
                arrays.output("gradGamma", channels),
                arrays.output("gradBeta", channels),
                DeviceBuffer.absent(),
                DeviceBuffer.absent());
    }
}
