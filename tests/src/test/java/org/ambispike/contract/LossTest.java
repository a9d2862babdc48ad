package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.PenaltyLayout;
import org.ambispike.backend.PenaltyWeight;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.common.BackendException;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.RateLoss;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend's losses must compute. */
@OnDevices
class LossTest extends DeviceContract {
    private static final DeviceBuffer ABSENT = DeviceBuffer.absent();
    private static final double TOLERANCE = 1e-5;
    private static final Percentage CLOSE = Percentage.withPercentage(1e-3);

    /** A gradient against the reference's everywhere, and against the slope of the reference's loss here and there. */
    private static void assertGradient(
            float[] actual, double[] expected, ToDoubleFunction<double[]> loss, double[] point) {
        Compare.assertClose("gradient", actual, expected, TOLERANCE);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < point.length; i += 1 + point.length / 20) {
            assertThat((double) actual[i])
                    .as("slope at %d", i)
                    .isCloseTo(FiniteDifferences.at(loss, point, i, 1e-5), within(1e-4 * largest));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "2,3", "3,10", "17,10", "128,100", "1000,10", "1000,33"})
    void softmaxLossesAreThoseOfTheReference(int rows, int classes) {
        for (boolean labelled : List.of(true, false)) {
            for (boolean taught : List.of(true, false)) {
                assertSoftmaxLoss(rows, classes, new SoftmaxLoss(0.75, 0, 2.5, 1), 1, labelled, taught);
                assertSoftmaxLoss(rows, classes, new SoftmaxLoss(1, 0.125, 0.5, 4), 0.3, labelled, taught);
            }
        }
        assertSoftmaxLoss(rows, classes, SoftmaxLoss.labels(0.25), 1, true, false);
    }

    private void assertSoftmaxLoss(
            int rows, int classes, SoftmaxLoss loss, double factor, boolean labelled, boolean taught) {
        Random random = new Random(1);
        DeviceBuffer logits = arrays.output("logits", rows * classes);
        DeviceBuffer teacher = arrays.output("teacher", rows * classes);
        double[] z = DeviceArrays.widen(arrays.uploadRandom(random, logits));
        double[] y = DeviceArrays.widen(arrays.uploadRandom(random, teacher));
        int[] labels = random.ints(rows, 0, classes).toArray();
        DeviceBuffer gradient = arrays.output("gradient", rows * classes);
        DeviceBuffer result = arrays.output("result", 6);
        backend.training()
                .softmaxLoss(
                        loss,
                        new SoftmaxBuffers(
                                logits,
                                labelled ? arrays.upload("labels", labels) : ABSENT,
                                taught ? teacher : ABSENT,
                                factor == 1 ? ABSENT : arrays.uploadDoubles("factor", factor),
                                gradient,
                                result),
                        rows,
                        classes);
        double[] values = arrays.downloadDoubles(result);
        ToDoubleFunction<double[]> crossEntropy =
                at -> labelled ? ReferenceLoss.crossEntropy(at, labels, loss.smoothing()) : 0;
        ToDoubleFunction<double[]> divergence =
                at -> taught ? ReferenceLoss.divergence(at, y, classes, loss.temperature()) : 0;
        assertThat(values[0]).isCloseTo(crossEntropy.applyAsDouble(z), within(1e-9));
        assertThat(values[1]).isCloseTo(divergence.applyAsDouble(z), within(1e-9));
        assertThat(values[2]).isEqualTo(labelled ? ReferenceLoss.correct(z, labels) : 0);
        double[] ofLabels = ReferenceLoss.crossEntropyGradient(z, labels, loss.smoothing());
        double[] ofTeacher = ReferenceLoss.divergenceGradient(z, y, classes, loss.temperature());
        double[] expected = IntStream.range(0, z.length)
                .mapToDouble(i -> factor
                        * ((labelled ? loss.labelWeight() * ofLabels[i] : 0)
                                + (taught ? loss.teacherWeight() * ofTeacher[i] : 0)))
                .toArray();
        if (classes == 1) {
            assertThat(arrays.download(gradient)).as("there is no choice").containsOnly(0);
            return;
        }
        assertGradient(
                arrays.download(gradient),
                expected,
                at -> factor
                        * (loss.labelWeight() * crossEntropy.applyAsDouble(at)
                                + loss.teacherWeight() * divergence.applyAsDouble(at)),
                z);
    }

    @Test
    void softmaxLossTakesLogitsOfAnySizeAndNeedsNoGradient() {
        DeviceBuffer logits = arrays.upload("logits", 1000f, -1000f, 0f, -3e38f, -3e38f, 3e38f);
        DeviceBuffer labels = arrays.upload("labels", 1, 2);
        DeviceBuffer result = arrays.output("result", 6);
        backend.training()
                .softmaxLoss(
                        SoftmaxLoss.labels(0),
                        new SoftmaxBuffers(logits, labels, ABSENT, ABSENT, ABSENT, result),
                        2,
                        3);
        assertThat(arrays.downloadDoubles(result)).containsExactly(1000, 0, 1);
    }

    static Stream<Integer> counts() {
        return Stream.of(1, 2, 3, 15, 16, 17, 33, 1000, 33_000, 100_000);
    }

    @ParameterizedTest
    @MethodSource("counts")
    void rateLossesAreThoseOfTheReference(int count) {
        for (RateLoss kind : RateLoss.values()) {
            double epsilon = 0.0625;
            double weight = 1.5;
            Random random = new Random(2);
            DeviceBuffer rate = arrays.output("rate", count);
            DeviceBuffer target = arrays.output("target", count);
            double[] r = DeviceArrays.widen(arrays.uploadRandom(random, rate));
            double[] a = DeviceArrays.widen(arrays.uploadRandom(random, target));
            DeviceBuffer gradient = arrays.output("gradient", count);
            DeviceBuffer result = arrays.output("result", 4);
            DeviceBuffer scratch =
                    arrays.output("scratch", backend.memory().scratchBytes(1, DeviceMemory.SUMS) / Float.BYTES);
            DeviceBuffer factor = arrays.uploadDoubles("factor", weight / 4);
            backend.training()
                    .rateLoss(
                            kind, new RateBuffers(rate, target, factor, gradient, result), scratch, count, epsilon, 4);
            double[] values = arrays.downloadDoubles(result);
            assertThat(values[0]).isCloseTo(ReferenceLoss.rate(kind, r, a, epsilon), CLOSE);
            assertThat(values[1]).isCloseTo(ReferenceLoss.sumOfSquares(a), CLOSE);
            double[] expected = ReferenceLoss.rateGradient(kind, r, a, epsilon);
            assertGradient(
                    arrays.download(gradient),
                    Arrays.stream(expected).map(g -> weight * g).toArray(),
                    at -> weight * ReferenceLoss.rate(kind, at, a, epsilon),
                    r);

            arrays.poison(result);
            backend.training()
                    .rateLoss(
                            kind,
                            new RateBuffers(rate, target, ABSENT, ABSENT, result),
                            scratch,
                            count,
                            epsilon,
                            weight);
            assertThat(arrays.downloadDoubles(result)).as("without a gradient").isEqualTo(values);
        }
    }

    /** A rate of 0 is where polarities meet: it must be drawn to the side of the teacher. */
    @ParameterizedTest
    @EnumSource(RateLoss.class)
    void silentNeuronsAreDrawnToTheTeachersSide(RateLoss kind) {
        DeviceBuffer rate = arrays.upload("rate", 0f, 0f, 0f);
        DeviceBuffer target = arrays.upload("target", 0.5f, -0.25f, 0f);
        DeviceBuffer gradient = arrays.output("gradient", 3);
        DeviceBuffer result = arrays.output("result", 4);
        DeviceBuffer scratch =
                arrays.output("scratch", backend.memory().scratchBytes(1, DeviceMemory.SUMS) / Float.BYTES);
        backend.training()
                .rateLoss(kind, new RateBuffers(rate, target, ABSENT, gradient, result), scratch, 3, 0.125, 1);
        // MSE: -2 a / (1/4 + 1/16); KL: 1 - (a + 1/8) / (1/8) and its mirror image, over 1/2 + 1/4
        double[] expected = kind == RateLoss.MSE ? new double[] {-3.2, 1.6, 0} : new double[] {-16 / 3., 8 / 3., 0};
        Compare.assertClose("gradient", arrays.download(gradient), expected, 1e-6);
    }

    @ParameterizedTest
    @EnumSource(RateLoss.class)
    void aSilentTeacherLeavesTheLossFinite(RateLoss kind) {
        DeviceBuffer rate = arrays.upload("rate", 0f, 1f, -1f);
        DeviceBuffer target = arrays.upload("target", 0f, 0f, 0f);
        DeviceBuffer gradient = arrays.output("gradient", 3);
        DeviceBuffer result = arrays.output("result", 4);
        DeviceBuffer scratch =
                arrays.output("scratch", backend.memory().scratchBytes(1, DeviceMemory.SUMS) / Float.BYTES);
        backend.training()
                .rateLoss(kind, new RateBuffers(rate, target, ABSENT, gradient, result), scratch, 3, 0.125, 1);
        assertThat(arrays.downloadDoubles(result)[0]).isFinite().isPositive();
        float[] g = arrays.download(gradient);
        assertThat(g[0]).isZero();
        assertThat(g[1]).isFinite().isPositive();
        assertThat(g[2]).isEqualTo(-g[1]);
    }

    static Stream<PenaltyGrouping> groupings() {
        return Stream.of(
                new PenaltyGrouping(false, false),
                new PenaltyGrouping(true, false),
                new PenaltyGrouping(false, true),
                new PenaltyGrouping(true, true));
    }

    @ParameterizedTest
    @MethodSource("groupings")
    void thePenaltyIsThatOfTheReference(PenaltyGrouping grouping) {
        int[][] shapes = {{1, 3}, {2, 1}, {3, 7}, {17, 8}, {3, 16}, {17, 17}, {1000, 33}, {1000, 64}, {17, 100}};
        for (int[] shape : shapes) {
            int rows = shape[0];
            int channels = shape[1];
            Random random = new Random(rows + channels);
            float[] values = DeviceArrays.gaussian(random, rows * channels);
            for (int i = 0; i < values.length; i += 5) {
                values[i] = 0;
            }
            DeviceBuffer activations = arrays.upload("activations", values);
            DeviceBuffer gradient = arrays.output("gradient", values.length);
            DeviceBuffer eta = arrays.output("eta", 2);
            DeviceBuffer scratch =
                    arrays.output("scratch", backend.memory().scratchBytes(channels, DeviceMemory.SUMS) / Float.BYTES);
            backend.training()
                    .variancePenalty(
                            new PenaltyLayout(grouping, rows, channels, 0.125),
                            activations,
                            new PenaltyWeight(0.5, arrays.uploadDoubles("loss", -1.5), 3),
                            gradient,
                            eta,
                            scratch);
            double[] point = DeviceArrays.widen(values);
            double expected = ReferenceLoss.penalty(grouping, point, channels, 0.125);
            assertThat(arrays.downloadDoubles(eta)[0])
                    .as("%s of %d x %d", grouping, rows, channels)
                    .isCloseTo(expected, within(1e-6 * Math.abs(expected)));
            double[] slopes = ReferenceLoss.penaltyGradient(grouping, point, channels, 0.125);
            double ofLogarithm = expected > 0 ? 0.25 / expected : 0; // 0.5 * |-1.5| / 3
            Compare.assertClose(
                    "gradient of the logarithm",
                    arrays.download(gradient),
                    Arrays.stream(slopes).map(slope -> ofLogarithm * slope).toArray(),
                    TOLERANCE);
        }
    }

    /** Checks the reference itself; a value at 0 would change its group. */
    @ParameterizedTest
    @MethodSource("groupings")
    void theReferencesPenaltyHasThatSlope(PenaltyGrouping grouping) {
        double[] values = DeviceArrays.widen(DeviceArrays.gaussian(new Random(6), 5 * 3));
        assertThat(ReferenceLoss.penaltyGradient(grouping, values, 3, 0.125))
                .containsExactly(
                        FiniteDifferences.gradient(at -> ReferenceLoss.penalty(grouping, at, 3, 0.125), values, 1e-6),
                        within(1e-5));
    }

    /** Rounding may leave a deviation of values that are equal, but no gradient that is not finite. */
    @ParameterizedTest
    @ValueSource(floats = {0.1f, 0.125f})
    void equalValuesHaveNoPenalty(float value) {
        DeviceBuffer activations = arrays.upload("activations", value, value, value);
        DeviceBuffer gradient = arrays.output("gradient", 3);
        DeviceBuffer eta = arrays.output("eta", 2);
        DeviceBuffer scratch =
                arrays.output("scratch", backend.memory().scratchBytes(1, DeviceMemory.SUMS) / Float.BYTES);
        backend.training()
                .variancePenalty(
                        new PenaltyLayout(new PenaltyGrouping(true, false), 3, 1, 1e-3),
                        activations,
                        PenaltyWeight.fixed(1),
                        gradient,
                        eta,
                        scratch);
        double found = arrays.downloadDoubles(eta)[0];
        assertThat(found).isCloseTo(0, within(1e-12));
        for (float slope : arrays.download(gradient)) {
            assertThat(slope).isFinite();
            assertThat(found > 0 || slope == 0)
                    .as("no gradient without a penalty")
                    .isTrue();
        }
    }

    /** The CPU refuses it; a GPU, which is not waited for, makes the loss not a number. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void aLabelThatIsNoClassIsNoticed(int label) {
        DeviceBuffer absent = DeviceBuffer.absent();
        DeviceBuffer result = arrays.output("result", 6);
        SoftmaxBuffers buffers = new SoftmaxBuffers(
                arrays.upload("logits", 0f, 0f, 0f), arrays.upload("labels", label), absent, absent, absent, result);
        Runnable loss = () -> backend.training().softmaxLoss(SoftmaxLoss.labels(0), buffers, 1, 3);
        if (device == TestDevice.CPU) {
            assertThatThrownBy(loss::run).isInstanceOf(BackendException.class).hasMessageContaining("softmaxLoss");
        } else {
            loss.run();
            assertThat(arrays.downloadDoubles(result)[0]).isNaN();
        }
    }
}
