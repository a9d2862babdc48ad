package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;

/** What the memory neuron promises for any thresholds, slope and drive. */
class MemoryNeuronProperties {
    private static final int DRIVEN = 16;
    /** The drive of 16 steps is at most 160 of the smallest thresholds: the balance has the time to follow. */
    private static final int STEPS = 256;

    /** Once the balance has caught up, all that was emitted is the rounded accumulated drive, whatever its order. */
    @Property(tries = 200)
    void whatIsEmittedInAllIsTheRoundedAccumulatedDrive(
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 3) double thetaP,
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1) double thetaN,
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1) double alpha,
            @ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] drive = new float[STEPS];
        double accumulated = 0;
        for (int t = 0; t < DRIVEN; t++) {
            drive[t] = (float) random.nextDouble(-1, 1);
            accumulated += drive[t];
        }
        double threshold = accumulated > 0 ? thetaP : thetaN / alpha;
        double level = Math.abs(accumulated) / threshold + 0.5;
        Assume.that(Math.abs(level - Math.rint(level)) > 1e-4); // where a rounding decides
        double worth = accumulated > 0 ? thetaP : -thetaN;
        double emitted = sum(OneNeuron.emitted(NeuronModel.MEMORY, drive, thetaP, thetaN, alpha));
        assertThat(emitted).isCloseTo(worth * Math.floor(level), within(1e-3));
    }

    /** A constant drive is emitted as the pair emits it. */
    @Property(tries = 200)
    void aConstantDriveNeedsNoMemory(
            @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 3) double thetaP,
            @ForAll @Scale(4) @DoubleRange(min = 0.005, max = 1) double thetaN,
            @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 1) double alpha,
            @ForAll @Scale(4) @DoubleRange(min = -4, max = 4) double drive) {
        float[] x = new float[STEPS];
        Arrays.fill(x, (float) drive);
        double memory = sum(OneNeuron.emitted(NeuronModel.MEMORY, x, thetaP, thetaN, alpha));
        double pair = sum(OneNeuron.emitted(NeuronModel.PAIR, x, thetaP, thetaN, alpha));
        // one spike, where the sums of the two are rounded apart
        assertThat(memory).isCloseTo(pair, within(Math.max(thetaP, thetaN) * 1.001));
    }

    @Property(tries = 200)
    void everyValueIsOneOfFiveAndTheBalanceTellsTheirSum(
            @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 3) double thetaP,
            @ForAll @Scale(4) @DoubleRange(min = 0.005, max = 1) double thetaN,
            @ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[STEPS];
        for (int t = 0; t < STEPS; t++) {
            x[t] = (float) random.nextDouble(-3, 3);
        }
        float p = (float) thetaP;
        float n = (float) thetaN;
        int balance = 0;
        for (float value : OneNeuron.emitted(NeuronModel.MEMORY, x, thetaP, thetaN, 0.1)) {
            float worth = balance > 0 || balance == 0 && value > 0 ? p : n;
            assertThat(Math.abs(value)).isIn(0f, worth);
            balance += (int) Math.signum(value);
        }
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
