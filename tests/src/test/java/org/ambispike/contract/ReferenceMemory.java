package org.ambispike.contract;

import org.ambispike.backend.SpikeLayout;
import org.ambispike.contract.ReferenceSpike.Decision;
import org.ambispike.contract.ReferenceSpike.Event;
import org.ambispike.contract.ReferenceSpike.Forward;
import org.ambispike.contract.ReferenceSpike.Gradient;

/** The memory neuron in double, one neuron and one step after another. */
final class ReferenceMemory {
    private final SpikeLayout layout;
    private final double kappa;
    private final int neurons;

    ReferenceMemory(SpikeLayout layout, double kappa) {
        this.layout = layout;
        this.kappa = kappa;
        this.neurons = Math.toIntExact(layout.neurons());
    }

    /** The parameters of one neuron. */
    private record Neuron(double p, double thetaN, double startPlus, double startMinus, double slope) {
        /** Whether it has negative spikes of its own; without a slope they are infinitely far. */
        boolean negative() {
            return slope > 0;
        }

        double n() {
            return negative() ? thetaN / slope : 0;
        }

        double ofPositive(double m) {
            return m + startPlus * p;
        }

        double ofNegative(double m) {
            return m - startMinus * n();
        }
    }

    /** In place of the membranes of a pair: the one there is, before the reset, and the balance before the step. */
    Forward forward(double[] drive, double[] parameters, double[] carry, Decision decision) {
        int steps = layout.steps();
        Forward out = Forward.empty(steps, neurons);
        for (int i = 0; i < neurons; i++) {
            Neuron k = neuron(parameters, i);
            double u = carry == null ? 0 : carry[i];
            double balance = carry == null ? 0 : carry[neurons + i];
            for (int t = 0; t < steps; t++) {
                int element = t * neurons + i;
                double m = u + drive[driveIndex(t, i)];
                out.plus()[element] = m;
                out.minus()[element] = balance;
                double above = k.ofPositive(m);
                double below = k.ofNegative(m);
                boolean up = balance >= 0 && decision.fires(element, Event.UP, above - k.p);
                boolean upBack = balance > 0 && decision.fires(element, Event.UP_BACK, -above);
                boolean down = k.negative() && balance <= 0 && decision.fires(element, Event.DOWN, -k.n() - below);
                boolean downBack = balance < 0 && decision.fires(element, Event.DOWN_BACK, below);
                double q = layout.smooth() ? positive(k, m, balance) : one(up) - one(upBack);
                double r = layout.smooth() ? negative(k, m, balance) : one(down) - one(downBack);
                out.spikes()[element] = k.p * q - k.thetaN * r;
                out.rate()[i] += out.spikes()[element] / steps;
                out.counts()[2 * t] += up || downBack ? 1 : 0;
                out.counts()[2 * t + 1] += down || upBack ? 1 : 0;
                u = m - k.p * q + k.n() * r;
                balance += one(up) - one(upBack) - one(down) + one(downBack);
            }
            out.carry()[i] = u;
            out.carry()[neurons + i] = balance;
        }
        return out;
    }

    /** The chain rule through every step and the reset; the balance is taken as it was. */
    Gradient backward(double[] drive, double[] parameters, double[] gradSpikes, double[] gradRate) {
        Forward forward = forward(drive, parameters, null, (element, event, distance) -> distance > 0);
        int steps = layout.steps();
        int channels = layout.channels();
        Gradient out = new Gradient(new double[drive.length], new double[4 * channels]);
        for (int i = 0; i < neurons; i++) {
            Neuron k = neuron(parameters, i);
            double ofP = 0;
            double ofN = 0;
            double ofStartPlus = 0;
            double ofStartMinus = 0;
            double gradU = 0;
            for (int t = steps - 1; t >= 0; t--) {
                int element = t * neurons + i;
                double m = forward.plus()[element];
                double balance = forward.minus()[element];
                double gradSpike =
                        (gradSpikes == null ? 0 : gradSpikes[element]) + (gradRate == null ? 0 : gradRate[i] / steps);
                double above = k.ofPositive(m);
                double below = k.ofNegative(m);
                // s = P q - alpha N r and u = m - P q + N r; q and r are functions of (m + start+ P) / P and of
                // (m - start- N) / N alone
                double gradQ = (gradSpike - gradU) * k.p;
                double gradR = (gradU - k.slope * gradSpike) * k.n();
                double q = layout.smooth() ? positive(k, m, balance) : hard(balance, above > k.p, above < 0);
                double r = layout.smooth()
                        ? negative(k, m, balance)
                        : k.negative() ? hard(-balance, below < -k.n(), below > 0) : 0;
                double slopeQ = kappa / k.p * slope(above / k.p, balance);
                double slopeR = k.negative() ? -kappa / k.n() * slope(-below / k.n(), -balance) : 0;
                ofP += (gradSpike - gradU) * q + gradQ * slopeQ * (k.startPlus - above / k.p);
                ofN += (gradU - k.slope * gradSpike) * r
                        - (k.negative() ? gradR * slopeR * (k.startMinus + below / k.n()) : 0);
                ofStartPlus += gradQ * slopeQ * k.p;
                ofStartMinus -= gradR * slopeR * k.n();
                gradU += gradQ * slopeQ + gradR * slopeR;
                out.drive()[driveIndex(t, i)] += gradU;
            }
            int c = i % channels;
            out.parameters()[c] += ofP;
            out.parameters()[channels + c] += k.negative() ? ofN / k.slope : 0;
            out.parameters()[2 * channels + c] += ofStartPlus;
            out.parameters()[3 * channels + c] += ofStartMinus;
        }
        return out;
    }

    /** @param balance of this polarity's spikes, below 0 where the other's stand */
    private static double hard(double balance, boolean more, boolean back) {
        return one(balance >= 0 && more) - one(balance > 0 && back);
    }

    private double positive(Neuron k, double m, double balance) {
        return primitive(k.ofPositive(m) / k.p, balance);
    }

    private double negative(Neuron k, double m, double balance) {
        return k.negative() ? primitive(-k.ofNegative(m) / k.n(), -balance) : 0;
    }

    /** The sigmoids of one more spike and of one taken back (eq. 32). */
    private double primitive(double level, double balance) {
        return (balance >= 0 ? sigmoid(kappa * (level - 1)) : 0) - (balance > 0 ? sigmoid(-kappa * level) : 0);
    }

    /** The slope of {@link #primitive} by the level, over kappa. */
    private double slope(double level, double balance) {
        double more = sigmoid(kappa * (level - 1));
        double back = sigmoid(-kappa * level);
        return (balance >= 0 ? more * (1 - more) : 0) + (balance > 0 ? back * (1 - back) : 0);
    }

    private Neuron neuron(double[] parameters, int index) {
        int channels = layout.channels();
        int c = index % channels;
        return new Neuron(
                parameters[c],
                parameters[channels + c],
                parameters[2 * channels + c],
                parameters[3 * channels + c],
                parameters[4 * channels + c]);
    }

    private int driveIndex(int step, int neuron) {
        return layout.constantDrive() ? neuron : step * neurons + neuron;
    }

    private static double one(boolean fires) {
        return fires ? 1 : 0;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
