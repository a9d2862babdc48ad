package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.graph.Op.ActivationKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend's ANN neurons must compute. */
@OnDevices
class ActivationTest extends DeviceContract {
    private static final int[] ROWS = {1, 2, 3, 17, 1000};
    // 300: wider than a tile of the CPU's kernels
    private static final int[] CHANNELS = {1, 3, 7, 8, 15, 16, 17, 33, 64, 100, 300};
    private static final int[] LEVELS = {1, 2, 4, 8};
    private static final float[] SLOPES = {0.125f, 0, 0.5f, 1};
    private static final DeviceBuffer ABSENT = DeviceBuffer.absent();

    static Stream<ActivationLayout> layouts() {
        return IntStream.of(ROWS).boxed().flatMap(rows -> IntStream.range(0, CHANNELS.length)
                .boxed()
                .flatMap(i -> Stream.concat(
                        Stream.of(ActivationKind.values())
                                .map(kind -> layout(kind, LEVELS[i % LEVELS.length], rows, CHANNELS[i])),
                        Stream.of(dithered(LEVELS[i % LEVELS.length], rows, CHANNELS[i])))));
    }

    private static ActivationLayout dithered(int levels, int rows, int channels) {
        return new ActivationLayout(ActivationKind.QUANTISED, levels, rows, channels, 0.75);
    }

    private static ActivationLayout layout(ActivationKind kind, int levels, int rows, int channels) {
        return new ActivationLayout(kind, kind == ActivationKind.QUANTISED ? levels : 0, rows, channels);
    }

    /** One layer; sums and ratios of its numbers are exact, and many lie at ties and thresholds. */
    private static final class Fixture implements AutoCloseable {
        final Backend backend;
        final ActivationLayout layout;
        final DeviceArrays arrays;
        final ReferenceActivation reference;
        final int count;
        final float[] inputs;
        final float[] values; // thetaP, thetaN unless LEAKY, and the slopes
        final DeviceBuffer x;
        final DeviceBuffer parameters;

        Fixture(Backend backend, ActivationLayout layout, Random random) {
            this.backend = backend;
            this.layout = layout;
            arrays = new DeviceArrays(backend);
            reference = new ReferenceActivation(layout);
            int channels = layout.channels();
            count = Math.toIntExact(layout.rows() * channels);
            int thresholds = layout.kind() == ActivationKind.LEAKY ? 0 : 2 * channels;
            values = new float[thresholds + channels];
            for (int c = 0; c < channels; c++) {
                values[thresholds + c] = SLOPES[random.nextInt(SLOPES.length)];
                if (thresholds > 0) {
                    values[c] = 1 << random.nextInt(3);
                    values[channels + c] = 0.25f * (1 << random.nextInt(3));
                }
            }
            inputs = new float[count];
            for (int i = 0; i < count; i++) {
                float sixteenths = random.nextInt(161) - 80;
                inputs[i] = sixteenths / 16;
            }
            x = arrays.upload("x", inputs);
            parameters = arrays.upload("parameters", values);
        }

        DeviceBuffer output(String label) {
            return arrays.output(label, count);
        }

        void backward(DeviceBuffer gradY, DeviceBuffer gradExtra, DeviceBuffer gradX, DeviceBuffer gradParameters) {
            DeviceBuffer scratch = gradParameters.isAbsent()
                    ? ABSENT
                    : arrays.output("scratch", backend.memory().scratchBytes(layout.channels(), 2) / Float.BYTES);
            backend.neurons()
                    .activationBackward(
                            layout,
                            x,
                            parameters,
                            new ActivationGradients(gradY, gradExtra, gradX, gradParameters),
                            scratch);
        }

        ReferenceActivation.Gradient expected(double[] gradY) {
            return reference.backward(DeviceArrays.widen(inputs), DeviceArrays.widen(values), gradY);
        }

        @Override
        public void close() {
            arrays.close();
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void valuesAndGradientsAreThoseOfTheReference(ActivationLayout layout) {
        Random random = new Random(1);
        try (Fixture fixture = new Fixture(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays;
            DeviceBuffer y = fixture.output("y");
            backend.neurons().activationForward(layout, fixture.x, fixture.parameters, y);
            Compare.assertClose(
                    "y",
                    arrays.download(y),
                    fixture.reference.forward(DeviceArrays.widen(fixture.inputs), DeviceArrays.widen(fixture.values)),
                    0);

            DeviceBuffer gradY = fixture.output("gradY");
            double[] g = DeviceArrays.widen(arrays.uploadRandom(random, gradY));
            DeviceBuffer gradX = fixture.output("gradX");
            DeviceBuffer gradParameters = layout.kind() == ActivationKind.LEAKY
                    ? ABSENT
                    : arrays.output("gradParameters", 2L * layout.channels());
            fixture.backward(gradY, ABSENT, gradX, gradParameters);
            ReferenceActivation.Gradient expected = fixture.expected(g);
            Compare.assertClose("gradX", arrays.download(gradX), expected.x(), 0);
            if (!gradParameters.isAbsent()) {
                Compare.assertClose("gradParameters", arrays.download(gradParameters), expected.parameters(), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LEAKY", "CLIPPED", "QUANTISED"})
    void gradientsComeFromEitherSideOrBothOrNone(ActivationKind kind) {
        Random random = new Random(2);
        try (Fixture fixture = new Fixture(backend, layout(kind, 4, 17, 33), random)) {
            DeviceArrays arrays = fixture.arrays;
            DeviceBuffer first = fixture.output("gradY");
            DeviceBuffer second = fixture.output("gradExtra");
            float[] a = arrays.uploadRandom(random, first);
            float[] b = arrays.uploadRandom(random, second);
            DeviceBuffer gradX = fixture.output("gradX");
            fixture.backward(first, second, gradX, ABSENT);
            double[] both =
                    IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
            Compare.assertClose(
                    "of both", arrays.download(gradX), fixture.expected(both).x(), 0);
            fixture.backward(ABSENT, second, gradX, ABSENT);
            Compare.assertClose(
                    "of the second",
                    arrays.download(gradX),
                    fixture.expected(DeviceArrays.widen(b)).x(),
                    0);
            fixture.backward(ABSENT, ABSENT, gradX, ABSENT);
            assertThat(arrays.download(gradX)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"LEAKY", "CLIPPED", "QUANTISED"})
    void resultsMayTakeThePlaceOfTheirOrigin(ActivationKind kind) {
        Random random = new Random(3);
        try (Fixture fixture = new Fixture(backend, layout(kind, 2, 1000, 100), random)) {
            DeviceArrays arrays = fixture.arrays;
            DeviceBuffer gradY = fixture.output("gradY");
            arrays.uploadRandom(random, gradY);
            DeviceBuffer gradX = fixture.output("gradX");
            fixture.backward(gradY, ABSENT, gradX, ABSENT);
            fixture.backward(gradY, ABSENT, gradY, ABSENT);
            assertThat(arrays.download(gradY)).isEqualTo(arrays.download(gradX));

            DeviceBuffer y = fixture.output("y");
            backend.neurons().activationForward(fixture.layout, fixture.x, fixture.parameters, y);
            backend.neurons().activationForward(fixture.layout, fixture.x, fixture.parameters, fixture.x);
            assertThat(arrays.download(fixture.x)).isEqualTo(arrays.download(y));
        }
    }

    /** Both ends of the intervals that are rounded to one level, and the numbers next to them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void tiesAreRoundedTowardsZero(int levels) {
        float step = 1f / levels;
        float half = step / 2;
        float[] magnitudes = {0, half, Math.nextUp(half), step, step + half, Math.nextUp(step + half), 1, 9};
        float[] expected = {0, 0, step, step, step, Math.min(1, 2 * step), 1, 1};
        ActivationLayout layout = new ActivationLayout(ActivationKind.QUANTISED, levels, magnitudes.length, 1);
        DeviceBuffer parameters = arrays.upload("parameters", 1f, 1f, 1f);
        DeviceBuffer x = arrays.upload("x", magnitudes);
        backend.neurons().activationForward(layout, x, parameters, x);
        assertThat(arrays.download(x)).containsExactly(expected);
        DeviceBuffer negative = arrays.upload("x", magnitudes);
        backend.linear().scale(negative, -1);
        backend.neurons().activationForward(layout, negative, parameters, negative);
        backend.linear().scale(negative, -1);
        // a precision rather than equality: 0 comes back as -0
        assertThat(arrays.download(negative)).usingComparatorWithPrecision(0f).containsExactly(expected);
    }

    /** Values around a level go one up or down, as often either way and no further; zeros stay zeros. */
    @Test
    void ditherIsEvenAndBounded() {
        int count = 20_000;
        float[] inputs = new float[2 * count];
        Random random = new Random(6);
        for (int i = 0; i < count; i++) {
            inputs[i] = 0.5f + 0.02f * (random.nextFloat() - 0.5f);
        }
        ActivationLayout layout = new ActivationLayout(ActivationKind.QUANTISED, 8, 2 * count, 1, 0.75);
        DeviceBuffer x = arrays.upload("x", inputs);
        backend.neurons().activationForward(layout, x, arrays.upload("parameters", 1f, 1f, 1f), x);
        float[] y = arrays.download(x);
        int up = 0;
        int down = 0;
        for (int i = 0; i < count; i++) {
            up += y[i] == 0.625f ? 1 : 0;
            down += y[i] == 0.375f ? 1 : 0;
            assertThat(y[i]).isBetween(0.375f, 0.625f);
            assertThat(y[count + i]).isZero();
        }
        // noise of 0.75 levels passes half a level on either side in a sixth of all cases; 5 standard errors
        double error = 5 * Math.sqrt(1 / 6.0 * 5 / 6.0 / count);
        assertThat(up / (double) count).isCloseTo(1 / 6.0, within(error));
        assertThat(down / (double) count).isCloseTo(1 / 6.0, within(error));
    }

    @Test
    void valuesWithoutExactSumsAreCloseToTheReference() {
        ActivationLayout layout = new ActivationLayout(ActivationKind.CLIPPED, 0, 1000, 33);
        Random random = new Random(4);
        float[] inputs = DeviceArrays.gaussian(random, 33_000);
        float[] thresholds = new float[99];
        for (int i = 0; i < thresholds.length; i++) {
            thresholds[i] = random.nextFloat();
        }
        DeviceBuffer x = arrays.upload("x", inputs);
        backend.neurons().activationForward(layout, x, arrays.upload("parameters", thresholds), x);
        Compare.assertClose(
                "y",
                arrays.download(x),
                new ReferenceActivation(layout).forward(DeviceArrays.widen(inputs), DeviceArrays.widen(thresholds)),
                1e-6);
    }

    /** Checks the reference itself, away from the kinks. */
    @ParameterizedTest
    @CsvSource({"LEAKY", "CLIPPED"})
    void theReferencesGradientsAreItsSlopes(ActivationKind kind) {
        ReferenceActivation reference = new ReferenceActivation(layout(kind, 0, 20, 3));
        Random random = new Random(5);
        double[] x = DeviceArrays.widen(DeviceArrays.gaussian(random, 60));
        double[] g = DeviceArrays.widen(DeviceArrays.gaussian(random, 60));
        double[] thresholds = {0.5, 0.9, 1.3, 0.02, 0.05, 0.09};
        double[] slopes = {0.125, 0, 0.25};
        double[] parameters = kind == ActivationKind.LEAKY
                ? slopes
                : DoubleStream.concat(DoubleStream.of(thresholds), DoubleStream.of(slopes))
                        .toArray();
        ReferenceActivation.Gradient gradient = reference.backward(x, parameters, g);
        assertThat(gradient.x())
                .containsExactly(
                        FiniteDifferences.gradient(at -> dot(reference.forward(at, parameters), g), x, 1e-6),
                        within(1e-7));
        assertThat(gradient.parameters())
                .containsExactly(
                        kind == ActivationKind.LEAKY
                                ? new double[2 * 3]
                                : Arrays.copyOf(
                                        FiniteDifferences.gradient(
                                                k -> dot(reference.forward(x, k), g), parameters, 1e-6),
                                        2 * 3),
                        within(1e-7));
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
}
