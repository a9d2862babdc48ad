package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's spiking neurons must compute; {@link SpikeGradientTest} has the way back. */
@OnDevices
class SpikeTest extends DeviceContract {
    private static final DeviceBuffer ABSENT = DeviceBuffer.absent();

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#rows")
    void spikesAreExactlyThoseOfTheReference(int rows) {
        Random random = new Random(rows);
        SpikeLayouts.of(rows).forEach(layout -> assertExact(backend, layout, random));
        assertThat(backend.memory().liveBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void everyNumberOfStepsIsExact(SpikeLayout layout) {
        assertExact(backend, layout, new Random(layout.steps()));
    }

    static void assertExact(Backend backend, SpikeLayout layout, Random random) {
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer rate = fixture.rate();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            fixture.forward(carry, spikes, rate, counts);
            ReferenceSpike.Forward expected = fixture.reference().forward(fixture.drive(), fixture.parameters());
            DeviceArrays arrays = fixture.arrays();
            Compare.assertClose(layout + " spikes", arrays.download(spikes), expected.spikes(), 0);
            Compare.assertClose(layout + " rate", arrays.download(rate), expected.rate(), 2e-7);
            assertThat(fixture.counts(counts)).as("%s counts", layout).isEqualTo(expected.counts());
            assertMembranes(layout, arrays.download(carry), expected.carry(), 0);
        }
    }

    /** Where a neuron carries one number, the second half of the carry means nothing. */
    private static void assertMembranes(SpikeLayout layout, float[] actual, double[] expected, double tolerance) {
        int used = Math.toIntExact(layout.neurons()) * layout.model().carried();
        Compare.assertClose(
                layout + " membranes", Arrays.copyOf(actual, used), Arrays.copyOf(expected, used), tolerance);
    }

    @ParameterizedTest
    @EnumSource(NeuronModel.class)
    void everyResultIsOptional(NeuronModel model) {
        SpikeLayout layout = new SpikeLayout(model, 4, 17, 7, false, false);
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, new Random(2))) {
            ReferenceSpike.Forward expected = fixture.reference().forward(fixture.drive(), fixture.parameters());
            DeviceBuffer spikes = fixture.spikes();
            fixture.forward(ABSENT, spikes, ABSENT, ABSENT);
            Compare.assertClose("spikes", fixture.arrays().download(spikes), expected.spikes(), 0);
            DeviceBuffer rate = fixture.rate();
            fixture.forward(ABSENT, ABSENT, rate, ABSENT);
            Compare.assertClose("rate", fixture.arrays().download(rate), expected.rate(), 0);
            DeviceBuffer counts = fixture.counts();
            fixture.forward(ABSENT, ABSENT, ABSENT, counts);
            assertThat(fixture.counts(counts)).isEqualTo(expected.counts());
            DeviceBuffer carry = fixture.carry();
            fixture.forward(carry, ABSENT, ABSENT, ABSENT);
            assertMembranes(layout, fixture.arrays().download(carry), expected.carry(), 0);
            fixture.forward(ABSENT, ABSENT, ABSENT, ABSENT);
        }
    }

    @Test
    void countsAreAddedTo() {
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, 3, 1000, 33, false, false);
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, new Random(3))) {
            DeviceBuffer counts = fixture.counts();
            fixture.forward(ABSENT, ABSENT, ABSENT, counts);
            long[] once = fixture.counts(counts);
            assertThat(once).doesNotContain(0);
            fixture.forward(ABSENT, ABSENT, ABSENT, counts);
            assertThat(fixture.counts(counts))
                    .isEqualTo(Arrays.stream(once).map(n -> 2 * n).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void stepsInPartsAreStepsInOne(SpikeLayout layout) {
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, new Random(4))) {
            DeviceArrays arrays = fixture.arrays();
            for (int first = 1; first < layout.steps(); first += 5) {
                DeviceBuffer[] results = {
                    fixture.spikes(),
                    fixture.carry(),
                    fixture.counts(),
                    fixture.spikes(),
                    fixture.carry(),
                    fixture.counts()
                };
                fixture.forward(results[1], results[0], ABSENT, results[2]);
                fixture.forward(0, first, results[4], results[3], results[5]);
                fixture.forward(first, layout.steps() - first, results[4], results[3], results[5]);
                assertThat(arrays.download(results[3])).isEqualTo(arrays.download(results[0]));
                assertThat(arrays.download(results[4])).isEqualTo(arrays.download(results[1]));
                assertThat(fixture.counts(results[5])).isEqualTo(fixture.counts(results[2]));
            }
        }
    }

    /** With any numbers a decision may differ from the reference's only where the membrane is at its threshold. */
    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void onlyMembranesAtTheirThresholdsMayBeRoundedOver(SpikeLayout layout) {
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, new Random(5))) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer rate = fixture.rate();
            DeviceBuffer carry = fixture.carry();
            fixture.forward(carry, spikes, rate, ABSENT);
            float[] emitted = fixture.arrays().download(spikes);
            double[] parameters = fixture.parameters();
            ReferenceSpike.Forward expected = fixture.reference()
                    .forward(fixture.drive(), parameters, null, (element, event, distance) -> {
                        int channel = element % layout.channels();
                        float thetaP = (float) parameters[channel];
                        float thetaN = (float) parameters[channel + layout.channels()];
                        boolean both = layout.model() == NeuronModel.PAIR && emitted[element] == thetaP - thetaN;
                        boolean fired = layout.model() == NeuronModel.GRADED
                                ? Math.signum(emitted[element]) == event.sign()
                                : emitted[element] == (float) event.value(thetaP, thetaN) || both;
                        if (fired != distance > 0) {
                            assertThat(distance)
                                    .as("%s at element %d", layout, element)
                                    .isCloseTo(0, within(1e-5));
                        }
                        return fired;
                    });
            Compare.assertClose("spikes", emitted, expected.spikes(), 1e-6);
            Compare.assertClose("rate", fixture.arrays().download(rate), expected.rate(), 1e-6);
            assertMembranes(layout, fixture.arrays().download(carry), expected.carry(), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.SpikeLayouts#small")
    void smoothSpikesAreTheSurrogatesPrimitive(SpikeLayout layout) {
        try (SpikeFixture fixture = SpikeFixture.random(backend, SpikeLayouts.smooth(layout), new Random(6))) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer rate = fixture.rate();
            DeviceBuffer carry = fixture.carry();
            fixture.forward(carry, spikes, rate, ABSENT);
            ReferenceSpike.Forward expected = fixture.reference().forward(fixture.drive(), fixture.parameters());
            Compare.assertClose("spikes", fixture.arrays().download(spikes), expected.spikes(), 2e-5);
            Compare.assertClose("rate", fixture.arrays().download(rate), expected.rate(), 2e-5);
            assertMembranes(layout, fixture.arrays().download(carry), expected.carry(), 2e-5);
        }
    }

    /**
     * Worked out by hand: P = 1, N = 2 (thetaN = 1/4, alpha = 1/8), half a threshold to start with.
     *
     * @param membranes u+ and u- (pair), u and the balance (memory) or u after each step
     */
    record Trace(String what, NeuronModel model, float slope, float[] drive, float[] spikes, float[][] membranes) {
        Trace(String what, NeuronModel model, float[] drive, float[] spikes, float[][] membranes) {
            this(what, model, 0.125f, drive, spikes, membranes);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Trace> traces() {
        return Stream.of(
                // u+: 1/2 | 5/4 fires | 1 stays: not above P | 3/2 fires | 1/4
                // u-: -1 | -1/4 | 1/2 | 1 | 3/4
                new Trace(
                        "pair, positive",
                        NeuronModel.PAIR,
                        new float[] {.75f, .75f, .5f, -.25f},
                        new float[] {1, 0, 1, 0},
                        new float[][] {{.25f, 1, .5f, .25f}, {-.25f, .5f, 1, .75f}}),
                // u-: -1 | -2 stays: not below -N | -9/4 fires | -7/4 | -13/4 fires
                new Trace(
                        "pair, negative",
                        NeuronModel.PAIR,
                        new float[] {-1, -.25f, -1.5f, -1.5f},
                        new float[] {0, -.25f, 0, -.25f},
                        new float[][] {{-.5f, -.75f, -2.25f, -3.75f}, {-2, -.25f, -1.75f, -1.25f}}),
                // u+: 9/2 fires | 7/2 fires | -3 | 1 stays
                // u-: 3 | 3 | -5/2 fires | 7/2: it forgot none of the drive that u+ fired for
                new Trace(
                        "pair, both polarities",
                        NeuronModel.PAIR,
                        new float[] {4, 0, -5.5f, 4},
                        new float[] {1, 1, -.25f, 0},
                        new float[][] {{3.5f, 2.5f, -3, 1}, {3, 3, -.5f, 3.5f}}),
                // u: 5/4 fires | 1 stays | -2 stays: not below -N | -3 fires | -3/2
                new Trace(
                        "single",
                        NeuronModel.SINGLE,
                        new float[] {.75f, .75f, -3, -1, -.5f},
                        new float[] {1, 0, 0, -.25f, 0},
                        new float[][] {{.25f, 1, -2, -1, -1.5f}}),
                // u + 1/2: 5/4 fires | -1/4 takes it back | 15/4 fires | 19/4 fires
                new Trace(
                        "memory, positive",
                        NeuronModel.MEMORY,
                        new float[] {.75f, -.5f, 3, 2},
                        new float[] {1, -1, 1, 1},
                        new float[][] {{-.25f, .25f, 2.25f, 3.25f}, {1, 0, 1, 2}}),
                // u - 1: -5/2 fires | 0 stays: not above 0 | 1/2 takes it back | u + 1/2: 1 stays: not above P | 5
                // fires
                new Trace(
                        "memory, negative",
                        NeuronModel.MEMORY,
                        new float[] {-1.5f, .5f, .5f, 1, 4},
                        new float[] {-.25f, 0, .25f, 0, 1},
                        new float[][] {{.5f, 1, -.5f, .5f, 3.5f}, {-1, -1, 0, 0, 1}}),
                // u + 1/2: -5/2 | 1 stays: not above P | 5/4 fires | -3/2 takes it back | -5/2: nothing to take back
                new Trace(
                        "memory without a slope",
                        NeuronModel.MEMORY,
                        0,
                        new float[] {-3, 3.5f, .25f, -1.75f, -2},
                        new float[] {0, 0, 1, -1, 0},
                        new float[][] {{-3, .5f, -.25f, -1, -3}, {0, 0, 1, 0, 0}}),
                new Trace(
                        "integrate and fire",
                        NeuronModel.INTEGRATE_AND_FIRE,
                        new float[] {.5f, .25f, -9, 9.5f},
                        new float[] {0, 1, 0, 0},
                        new float[][] {{1, .25f, -8.75f, .75f}}));
    }

    @ParameterizedTest
    @MethodSource("traces")
    void membranesFollowTheTraceWorkedOutByHand(Trace trace) {
        int steps = trace.drive.length;
        SpikeLayout layout = new SpikeLayout(trace.model, steps, 1, 1, false, false);
        float[] parameters = {1, .25f, .5f, .5f, trace.slope};
        try (SpikeFixture fixture = new SpikeFixture(backend, layout, trace.drive, parameters)) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            for (int t = 0; t < steps; t++) {
                fixture.forward(t, 1, carry, spikes, counts);
                for (int membrane = 0; membrane < trace.membranes.length; membrane++) {
                    assertThat(fixture.arrays().download(carry)[membrane])
                            .as("membrane %d after step %d", membrane, t)
                            .isEqualTo(trace.membranes[membrane][t]);
                }
            }
            assertThat(fixture.arrays().download(spikes)).containsExactly(trace.spikes);
        }
    }

    @Test
    void bothPolaritiesMayFireInOneStep() {
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, 1, 1, 1, false, false);
        try ( // u+ starts at 2, far above P = 1; u- at -3, below -N = -2
        SpikeFixture fixture = new SpikeFixture(backend, layout, new float[1], new float[] {1, .25f, 2, 1.5f, .125f})) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer counts = fixture.counts();
            DeviceBuffer carry = fixture.carry();
            fixture.forward(carry, spikes, ABSENT, counts);
            assertThat(fixture.arrays().download(spikes)).containsExactly(.75f);
            assertThat(fixture.arrays().download(carry)).containsExactly(1, -1);
            assertThat(fixture.counts(counts)).containsExactly(1, 1);
        }
    }

    @Test
    void withoutASlopeAPairIsAPlainNeuron() {
        SpikeLayout pair = new SpikeLayout(NeuronModel.PAIR, 4, 1, 1, false, false);
        float[] drive = {.75f, -3, 3, .75f};
        try (SpikeFixture fixture = new SpikeFixture(backend, pair, drive, new float[] {1, 1, .5f, .5f, 0})) {
            DeviceBuffer spikes = fixture.spikes();
            fixture.forward(ABSENT, spikes, ABSENT, ABSENT);
            assertThat(fixture.arrays().download(spikes)).containsExactly(1, 0, 0, 0);
        }
    }

    @Test
    void resumingWithoutMembranesIsRefused() {
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, 1, 1, 1, false, false);
        DeviceBuffer drive = arrays.upload("drive", 0f);
        DeviceBuffer parameters = arrays.upload("parameters", 1f, 1f, 0f, 0f, 1f);
        assertThatThrownBy(() -> backend.neurons()
                        .spikeForward(
                                layout, new SpikeBuffers(drive, parameters, ABSENT, ABSENT, ABSENT, ABSENT), true, 1))
                .hasMessageContaining("spikeForward");
    }
}
