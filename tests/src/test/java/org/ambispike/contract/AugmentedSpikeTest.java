package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's neurons must compute where a spike may have several quanta. */
@OnDevices
class AugmentedSpikeTest extends DeviceContract {
    private static final int[] STEPS = {1, 4, 17};
    private static final int[] QUANTA = {2, 3, 15, NeuronModel.MAX_QUANTA};

    static Stream<SpikeLayout> layouts() {
        return Stream.of(NeuronModel.PAIR, NeuronModel.SINGLE, NeuronModel.INTEGRATE_AND_FIRE)
                .flatMap(model -> IntStream.range(0, STEPS.length * QUANTA.length)
                        .mapToObj(i -> new SpikeLayout(
                                model,
                                STEPS[i % STEPS.length],
                                i % 2 == 0 ? 3 : 100,
                                i % 2 == 0 ? 7 : 32,
                                i % 5 == 0,
                                false,
                                QUANTA[i / STEPS.length])));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void quantaAreExactlyThoseOfTheReference(SpikeLayout layout) {
        SpikeTest.assertExact(backend, layout, new Random(layout.quanta()));
        assertThat(backend.memory().liveBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void gradientsAreThoseOfTheReference(SpikeLayout layout) {
        Random random = new Random(layout.steps());
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            SpikeGradientTest.assertGradients(fixture, layout, random, 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void gradientsOfSmoothSpikesAreThoseOfTheReference(SpikeLayout layout) {
        SpikeLayout smooth = SpikeLayouts.smooth(layout);
        Random random = new Random(layout.steps() + 1);
        try (SpikeFixture fixture = SpikeFixture.random(backend, smooth, random)) {
            SpikeGradientTest.assertGradients(fixture, smooth, random, 3e-4);
        }
    }

    /** Steps one at a time are those of one pass, also where the membranes are carried. */
    @ParameterizedTest
    @MethodSource("layouts")
    void stepsInPartsAreStepsInOne(SpikeLayout layout) {
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, new Random(4))) {
            DeviceBuffer whole = fixture.spikes();
            DeviceBuffer parts = fixture.spikes();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            fixture.forward(DeviceBuffer.absent(), whole, DeviceBuffer.absent(), DeviceBuffer.absent());
            for (int step = 0; step < layout.steps(); step++) {
                fixture.forward(step, 1, carry, parts, counts);
            }
            assertThat(fixture.arrays().download(parts))
                    .isEqualTo(fixture.arrays().download(whole));
        }
    }

    /** Worked out by hand: P = 1, N = 2, thetaN = 1/4, at most three quanta, half a threshold to start with. */
    @Test
    void membranesFollowTheTraceWorkedOutByHand() {
        // u: 13/4 fires three | 5 fires three, for more may not | 2 fires one, for it is not above two
        //    -4 fires one, for it is not below two | -13/2 fires three
        float[] drive = {2.75f, 4.75f, 0, -5, -4.5f};
        float[] membranes = {.25f, 2, 1, -2, -.5f};
        SpikeLayout layout = new SpikeLayout(NeuronModel.SINGLE, drive.length, 1, 1, false, false, 3);
        try (SpikeFixture fixture = new SpikeFixture(backend, layout, drive, new float[] {1, .25f, .5f, .5f, .125f})) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            for (int t = 0; t < drive.length; t++) {
                fixture.forward(t, 1, carry, spikes, counts);
                assertThat(fixture.arrays().download(carry)[0])
                        .as("membrane after step %d", t)
                        .isEqualTo(membranes[t]);
            }
            assertThat(fixture.arrays().download(spikes)).containsExactly(3, 3, 1, -.25f, -.75f);
            assertThat(fixture.counts(counts)).containsExactly(3, 0, 3, 0, 1, 0, 0, 1, 0, 3);
        }
    }

    @Test
    void moreQuantaThanAKernelTakesAreRefused() {
        for (int quanta : new int[] {0, -1, NeuronModel.MAX_QUANTA + 1}) {
            assertThatThrownBy(() -> new SpikeLayout(NeuronModel.SINGLE, 1, 1, 1, false, false, quanta))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("quanta");
        }
        assertThatThrownBy(() -> new SpikeLayout(NeuronModel.MEMORY, 1, 1, 1, false, false, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MEMORY")
                .hasMessageContaining("one quantum");
    }
}
