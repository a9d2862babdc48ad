package org.ambispike.contract;

import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;

/** The spiking neuron in double, one neuron and one step after another. */
public final class ReferenceSpike {
    private final SpikeLayout layout;
    private final double kappa;
    private final int neurons;

    public ReferenceSpike(SpikeLayout layout, double kappa) {
        this.layout = layout;
        this.kappa = kappa;
        this.neurons = Math.toIntExact(layout.neurons());
    }

    /**
     * @param spikes [T, R, C] emitted values
     * @param rate [R, C]
     * @param counts [T, 2]
     * @param carry [2, R, C]; the second half is used by pairs, by memory neurons for their balance, and by graded ones for what they emitted
     * @param plus [T, R, C] the membrane before the reset: of a pair the positive one
     * @param minus [T, R, C] the negative membrane of a pair before the reset, the balance of a memory neuron, what a graded one
     *     has emitted
     */
    public record Forward(
            double[] spikes, double[] rate, long[] counts, double[] carry, double[] plus, double[] minus) {
        static Forward empty(int steps, int neurons) {
            return new Forward(
                    new double[steps * neurons],
                    new double[neurons],
                    new long[2 * steps],
                    new double[2 * neurons],
                    new double[steps * neurons],
                    new double[steps * neurons]);
        }
    }

    record Gradient(double[] drive, double[] parameters) {}

    /** What may happen to one polarity in a step. */
    enum Event {
        /** A positive spike, +thetaP. */
        UP(true, 1),
        /** A negative one, -thetaN. */
        DOWN(false, -1),
        /** A positive one is taken back, -thetaP; of memory neurons. */
        UP_BACK(true, -1),
        /** A negative one is taken back, +thetaN; of memory neurons. */
        DOWN_BACK(false, 1);

        private final boolean positive;
        private final int sign;

        Event(boolean positive, int sign) {
            this.positive = positive;
            this.sign = sign;
        }

        /** The sign of the emitted value. */
        int sign() {
            return sign;
        }

        /** The emitted value. */
        double value(double thetaP, double thetaN) {
            return sign * (positive ? thetaP : thetaN);
        }
    }

    /** What the decisions to fire were when they are not to be made by the membranes. */
    @FunctionalInterface
    interface Decision {
        /** @param distance of the membrane beyond the threshold */
        boolean fires(int element, Event event, double distance);
    }

    Forward forward(double[] drive, double[] parameters) {
        return forward(drive, parameters, null);
    }

    /** @param carry membranes to start from, or null */
    public Forward forward(double[] drive, double[] parameters, double[] carry) {
        return forward(drive, parameters, carry, (element, event, distance) -> distance > 0);
    }

    /** How many quanta a membrane that is so many thresholds high emits, one after another. */
    private int quanta(boolean first, double level) {
        int count = first ? 1 : 0;
        while (count > 0 && count < layout.quanta() && level > count + 1) {
            count++;
        }
        return count;
    }

    /** The sum over all quanta of the sigmoid of eq. 32. */
    private double primitive(double level) {
        double sum = 0;
        for (int j = 1; j <= layout.quanta(); j++) {
            sum += sigmoid(kappa * (level - j));
        }
        return sum;
    }

    private double slope(double level) {
        double sum = 0;
        for (int j = 1; j <= layout.quanta(); j++) {
            double up = sigmoid(kappa * (level - j));
            sum += up * (1 - up);
        }
        return sum;
    }

    Forward forward(double[] drive, double[] parameters, double[] carry, Decision decision) {
        if (layout.model() == NeuronModel.MEMORY) {
            return new ReferenceMemory(layout, kappa).forward(drive, parameters, carry, decision);
        }
        if (layout.model() == NeuronModel.GRADED) {
            return new ReferenceGraded(layout, kappa).forward(drive, parameters, carry, decision);
        }
        int steps = layout.steps();
        Forward out = Forward.empty(steps, neurons);
        for (int i = 0; i < neurons; i++) {
            double p = thetaP(parameters, i);
            boolean negative = negative(parameters, i);
            double n = negative ? thetaN(parameters, i) / slope(parameters, i) : 0;
            double plus = carry == null ? parameter(parameters, 2, i) * p : carry[i];
            double minus = carry == null ? -parameter(parameters, 3, i) * n : carry[neurons + i];
            for (int t = 0; t < steps; t++) {
                int element = t * neurons + i;
                double x = drive[driveIndex(t, i)];
                plus += x;
                minus = pair() ? minus + x : plus;
                out.plus[element] = plus;
                out.minus[element] = minus;
                int firesP = quanta(decision.fires(element, Event.UP, plus - p), plus / p);
                int firesN = negative ? quanta(decision.fires(element, Event.DOWN, -n - minus), -minus / n) : 0;
                double up = layout.smooth() ? primitive(plus / p) : firesP;
                double down = !negative ? 0 : layout.smooth() ? primitive(-minus / n) : firesN;
                out.spikes[element] = thetaP(parameters, i) * up - thetaN(parameters, i) * down;
                out.rate[i] += out.spikes[element] / steps;
                out.counts[2 * t] += firesP;
                out.counts[2 * t + 1] += firesN;
                plus -= p * up;
                minus += n * down;
                if (!pair()) {
                    plus += n * down;
                }
            }
            out.carry[i] = plus;
            out.carry[neurons + i] = minus;
        }
        return out;
    }

    /**
     * The chain rule through every step and the reset; where the forward pass fires by comparing, the slope is that of
     * the smooth one (eq. 32).
     *
     * @param gradSpikes or null
     * @param gradRate or null
     */
    Gradient backward(double[] drive, double[] parameters, double[] gradSpikes, double[] gradRate) {
        if (layout.model() == NeuronModel.MEMORY) {
            return new ReferenceMemory(layout, kappa).backward(drive, parameters, gradSpikes, gradRate);
        }
        if (layout.model() == NeuronModel.GRADED) {
            return new ReferenceGraded(layout, kappa).backward(drive, parameters, gradSpikes, gradRate);
        }
        Forward forward = forward(drive, parameters);
        int steps = layout.steps();
        int channels = layout.channels();
        Gradient out = new Gradient(new double[drive.length], new double[4 * channels]);
        for (int i = 0; i < neurons; i++) {
            double p = thetaP(parameters, i);
            boolean negative = negative(parameters, i);
            double alpha = slope(parameters, i);
            double n = negative ? thetaN(parameters, i) / alpha : 0;
            double gradP = 0;
            double gradN = 0;
            double gradPlus = 0; // of the membranes after the reset
            double gradMinus = 0;
            for (int t = steps - 1; t >= 0; t--) {
                int element = t * neurons + i;
                double gradSpike =
                        (gradSpikes == null ? 0 : gradSpikes[element]) + (gradRate == null ? 0 : gradRate[i] / steps);
                double plus = forward.plus[element];
                double slopeUp = kappa / p * slope(plus / p);
                double firedUp = layout.smooth() ? primitive(plus / p) : quanta(plus > p, plus / p);
                double gradUp = gradSpike * p - gradPlus * p;
                gradP += gradSpike * firedUp - gradPlus * firedUp - gradUp * slopeUp * plus / p;
                double throughPlus = gradUp * slopeUp;
                double throughMinus = 0;
                if (negative) {
                    double minus = forward.minus[element];
                    double reset = pair() ? gradMinus : gradPlus;
                    double slopeDown = kappa / n * slope(-minus / n);
                    double firedDown = layout.smooth() ? primitive(-minus / n) : quanta(minus < -n, -minus / n);
                    double gradDown = reset * n - gradSpike * alpha * n;
                    gradN += reset * firedDown - gradSpike * alpha * firedDown + gradDown * slopeDown * minus / n;
                    throughMinus = -gradDown * slopeDown;
                }
                if (pair()) {
                    gradPlus += throughPlus;
                    gradMinus += throughMinus;
                } else {
                    gradPlus += throughPlus + throughMinus;
                }
                out.drive[driveIndex(t, i)] += gradPlus + gradMinus;
            }
            int c = i % channels;
            double startPlus = parameter(parameters, 2, i);
            double startMinus = parameter(parameters, 3, i);
            out.parameters[c] += gradP + gradPlus * startPlus;
            out.parameters[channels + c] += negative ? (gradN - gradMinus * startMinus) / alpha : 0;
            out.parameters[2 * channels + c] += gradPlus * p;
            out.parameters[3 * channels + c] -= gradMinus * n;
        }
        return out;
    }

    private boolean pair() {
        return layout.model() == NeuronModel.PAIR;
    }

    /** Whether a neuron fires below at all. */
    private boolean negative(double[] parameters, int neuron) {
        return layout.model() != NeuronModel.INTEGRATE_AND_FIRE && slope(parameters, neuron) > 0;
    }

    private double slope(double[] parameters, int neuron) {
        return parameter(parameters, 4, neuron);
    }

    private int driveIndex(int step, int neuron) {
        return layout.constantDrive() ? neuron : step * neurons + neuron;
    }

    private double parameter(double[] parameters, int which, int neuron) {
        return parameters[which * layout.channels() + neuron % layout.channels()];
    }

    private double thetaP(double[] parameters, int neuron) {
        return parameter(parameters, 0, neuron);
    }

    private double thetaN(double[] parameters, int neuron) {
        return parameter(parameters, 1, neuron);
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
