package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's spiking neurons must compute on the way back. */
@OnDevices
class SpikeGradientTest extends DeviceContract {
    private static final DeviceBuffer ABSENT = DeviceBuffer.absent();

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#rows")
    void gradientsAreThoseOfTheReference(int rows) {
        Random random = new Random(rows + 10);
        SpikeLayouts.of(rows).forEach(layout -> {
            try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
                assertGradients(fixture, layout, random, 3e-5);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void gradientsOfSmoothSpikesAreThoseOfTheReference(SpikeLayout layout) {
        Random random = new Random(8);
        try (SpikeFixture fixture = SpikeFixture.random(backend, SpikeLayouts.smooth(layout), random)) {
            assertGradients(fixture, layout, random, 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void gradientsOfSpikesAndRateAreOptional(SpikeLayout layout) {
        Random random = new Random(12);
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            assertGradients(fixture, layout, random, true, false, 3e-5);
            assertGradients(fixture, layout, random, false, true, 3e-5);
            assertGradients(fixture, layout, random, false, false, 0);
        }
    }

    static void assertGradients(SpikeFixture fixture, SpikeLayout layout, Random random, double tolerance) {
        assertGradients(fixture, layout, random, true, true, tolerance);
    }

    private static void assertGradients(
            SpikeFixture fixture,
            SpikeLayout layout,
            Random random,
            boolean withSpikes,
            boolean withRate,
            double tolerance) {
        DeviceArrays arrays = fixture.arrays();
        DeviceBuffer gradSpikes = fixture.spikes();
        DeviceBuffer gradRate = fixture.rate();
        double[] ofSpikes = DeviceArrays.widen(arrays.uploadRandom(random, gradSpikes));
        double[] ofRate = DeviceArrays.widen(arrays.uploadRandom(random, gradRate));
        DeviceBuffer gradDrive = fixture.output("gradDrive", SpikeFixture.driveCount(layout));
        DeviceBuffer gradParameters = fixture.parameterGradients();
        fixture.backward(withSpikes ? gradSpikes : ABSENT, withRate ? gradRate : ABSENT, gradDrive, gradParameters);
        ReferenceSpike.Gradient expected = fixture.reference()
                .backward(
                        fixture.drive(), fixture.parameters(), withSpikes ? ofSpikes : null, withRate ? ofRate : null);
        Compare.assertClose(layout + " gradDrive", arrays.download(gradDrive), expected.drive(), tolerance);
        Compare.assertClose(
                layout + " gradParameters", arrays.download(gradParameters), expected.parameters(), tolerance);
    }

    @ParameterizedTest
    @EnumSource(NeuronModel.class)
    void gradientsMayTakeThePlaceOfTheirOriginAndMayBeLeftOut(NeuronModel model) {
        SpikeLayout layout = new SpikeLayout(model, 17, 1000, 33, false, false);
        Random random = new Random(9);
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays();
            DeviceBuffer gradSpikes = fixture.spikes();
            arrays.uploadRandom(random, gradSpikes);
            DeviceBuffer gradDrive = fixture.spikes();
            DeviceBuffer gradParameters = fixture.parameterGradients();
            fixture.backward(gradSpikes, ABSENT, gradDrive, gradParameters);
            float[] ofDrive = arrays.download(gradDrive);
            float[] ofParameters = arrays.download(gradParameters);

            arrays.poison(gradParameters);
            fixture.backward(gradSpikes, ABSENT, ABSENT, gradParameters);
            assertThat(arrays.download(gradParameters)).isEqualTo(ofParameters);
            arrays.poison(gradDrive);
            fixture.backward(gradSpikes, ABSENT, gradDrive, ABSENT);
            assertThat(arrays.download(gradDrive)).isEqualTo(ofDrive);
            fixture.backward(gradSpikes, ABSENT, gradSpikes, gradParameters);
            assertThat(arrays.download(gradSpikes)).isEqualTo(ofDrive);
            assertThat(arrays.download(gradParameters)).isEqualTo(ofParameters);
        }
    }

    /** The reference itself: its gradients are the slopes of its own smooth forward pass. */
    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void theReferencesGradientsAreItsSlopes(SpikeLayout shape) {
        assertSlopes(
                SpikeLayouts.smooth(SpikeLayouts.layout(shape.model(), shape.steps(), 2, 3, shape.constantDrive())));
    }

    void assertSlopes(SpikeLayout layout) {
        Random random = new Random(11);
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, random)) {
            int neurons = Math.toIntExact(layout.neurons());
            double[] gradSpikes = DeviceArrays.widen(DeviceArrays.gaussian(random, layout.steps() * neurons));
            double[] gradRate = DeviceArrays.widen(DeviceArrays.gaussian(random, neurons));
            ReferenceSpike reference = fixture.reference();
            double[] drive = fixture.drive();
            double[] parameters = fixture.parameters();
            ReferenceSpike.Gradient gradient = reference.backward(drive, parameters, gradSpikes, gradRate);
            ToDoubleFunction<ReferenceSpike.Forward> loss =
                    out -> dot(out.spikes(), gradSpikes) + dot(out.rate(), gradRate);
            assertThat(gradient.drive())
                    .containsExactly(
                            FiniteDifferences.gradient(
                                    x -> loss.applyAsDouble(reference.forward(x, parameters)), drive, 1e-6),
                            within(1e-6));
            assertThat(gradient.parameters())
                    .containsExactly(
                            withoutSlopes(
                                    FiniteDifferences.gradient(
                                            k -> loss.applyAsDouble(reference.forward(drive, k)), parameters, 1e-6),
                                    layout.channels()),
                            within(1e-6));
        }
    }

    /** Without row 4 of [5 and more, channels]. */
    private static double[] withoutSlopes(double[] ofParameters, int channels) {
        return IntStream.range(0, ofParameters.length)
                .filter(index -> index / channels != 4)
                .mapToDouble(index -> ofParameters[index])
                .toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
}
