package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;

/** What the pair neuron promises for any thresholds, slope and drive: METHOD eq. 19-20, repaired, and eq. 24. */
class PairNeuronProperties {
    private static final int STEPS = 256;

    /**
     * With a constant drive the spike count is the rounded number of thresholds in the accumulated drive, so the mean
     * emitted value is within half a threshold over T of the clipped Leaky ReLU.
     */
    @Property(tries = 200)
    void theRateOfAConstantDriveIsTheRoundedActivation(
            @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 3) double thetaP,
            @ForAll @Scale(4) @DoubleRange(min = 0.005, max = 1) double thetaN,
            @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 1) double alpha,
            @ForAll @Scale(4) @DoubleRange(min = -4, max = 4) double drive) {
        float[] x = new float[STEPS];
        Arrays.fill(x, (float) drive);
        double rate = mean(OneNeuron.emitted(NeuronModel.PAIR, x, thetaP, thetaN, alpha));
        double step = Math.max(thetaP, thetaN) / (2 * STEPS);
        assertThat(rate).isCloseTo(activation(drive, thetaP, thetaN, alpha), within(step * 1.02 + 1e-4));
    }

    /**
     * With a drive that fluctuates about its mean, and so calls for spikes of both polarities, each membrane still
     * remembers all of it: what is left of the error is bounded by how far the accumulated drive strays.
     */
    @Property(tries = 200)
    void theRateOfAFluctuatingDriveTendsToTheActivationOfItsMean(
            @ForAll @Scale(4) @DoubleRange(min = 0.3, max = 2) double thetaP,
            @ForAll @Scale(4) @DoubleRange(min = 0.03, max = 0.2) double thetaN,
            @ForAll @Scale(4) @DoubleRange(min = -0.25, max = 0.25) double mean,
            @ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
        double alpha = 0.1;
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[STEPS];
        double accumulated = 0;
        double strayed = 0;
        for (int t = 0; t < STEPS; t++) {
            x[t] = (float) (mean + random.nextDouble(-0.05, 0.05));
            accumulated += x[t];
            strayed = Math.max(strayed, Math.abs(accumulated - (t + 1) * mean));
        }
        double bound = (2 * strayed + Math.max(thetaP, thetaN / alpha)) / STEPS;
        assertThat(mean(OneNeuron.emitted(NeuronModel.PAIR, x, thetaP, thetaN, alpha)))
                .isCloseTo(activation(mean, thetaP, thetaN, alpha), within(bound));
    }

    @Property(tries = 200)
    void everyValueIsOneOfFour(
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
        float[] values = OneNeuron.emitted(NeuronModel.PAIR, x, thetaP, thetaN, 0.1);
        for (float value : values) {
            assertThat(value).isIn(0f, p, -n, p - n);
        }
        assertThat(mean(values)).isBetween(-thetaN - 1e-6, thetaP + 1e-6);
    }

    private static double activation(double drive, double thetaP, double thetaN, double alpha) {
        double leaky = drive > 0 ? drive : alpha * drive;
        return Math.max(-thetaN, Math.min(thetaP, leaky));
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
