package org.ambispike.contract;

import org.ambispike.backend.SpikeLayout;
import org.ambispike.contract.ReferenceSpike.Decision;
import org.ambispike.contract.ReferenceSpike.Event;
import org.ambispike.contract.ReferenceSpike.Forward;
import org.ambispike.contract.ReferenceSpike.Gradient;

/** The graded neuron in double: it follows the value that it has emitted, with gains and biases by step. */
final class ReferenceGraded {
    private final SpikeLayout layout;
    private final double kappa;
    private final int neurons;

    ReferenceGraded(SpikeLayout layout, double kappa) {
        this.layout = layout;
        this.kappa = kappa;
        this.neurons = Math.toIntExact(layout.neurons());
    }

    /** One neuron in one step, before it fires. */
    private final class Step {
        private final int sign;
        private final double gain;
        private final double theta;
        private final double start;
        private final double level;
        private final boolean stands;
        private final double slopeOfDrive;

        /**
         * @param sum the summed drive
         * @param emitted the value emitted before
         */
        Step(double[] parameters, int neuron, int step, double sum, double emitted) {
            double thetaP = at(parameters, 0, neuron);
            double alpha = at(parameters, 4, neuron);
            gain = hasGain(step) ? at(parameters, 5 + index(step), neuron) : 1;
            double none = gain * thetaP / 1024;
            stands = Math.abs(emitted) > none;
            boolean up = alpha == 0 || (stands ? emitted > 0 : sum > 0);
            sign = up ? 1 : -1;
            theta = gain * (up ? thetaP : at(parameters, 1, neuron));
            start = at(parameters, up ? 2 : 3, neuron);
            slopeOfDrive = sum > 0 ? 1 : alpha;
            level = sign * (slopeOfDrive * sum - emitted) / theta + start;
        }

        boolean positive() {
            return sign > 0;
        }

        double primitive() {
            return sigmoid(kappa * (level - 1)) - (stands ? sigmoid(-kappa * level) : 0);
        }

        double slope() {
            double more = sigmoid(kappa * (level - 1));
            double back = sigmoid(-kappa * level);
            return kappa * (more * (1 - more) + (stands ? back * (1 - back) : 0));
        }

        /** The spikes added to this side. */
        double added(boolean more, boolean back) {
            return layout.smooth() ? primitive() : (more ? 1 : 0) - (back ? 1 : 0);
        }
    }

    /** In place of membranes: the summed drive, and the value emitted before the step. */
    Forward forward(double[] drive, double[] parameters, double[] carry, Decision decision) {
        int steps = layout.steps();
        Forward out = Forward.empty(steps, neurons);
        for (int i = 0; i < neurons; i++) {
            double sum = carry == null ? 0 : carry[i];
            double emitted = carry == null ? 0 : carry[neurons + i];
            for (int t = 0; t < steps; t++) {
                int element = t * neurons + i;
                sum += drive[driveIndex(t, i)] + bias(parameters, i, t);
                out.plus()[element] = sum;
                out.minus()[element] = emitted;
                Step step = new Step(parameters, i, t, sum, emitted);
                boolean up = step.positive();
                boolean more = decision.fires(element, up ? Event.UP : Event.DOWN, (step.level - 1) * step.theta);
                boolean back = step.stands
                        && decision.fires(element, up ? Event.UP_BACK : Event.DOWN_BACK, -step.level * step.theta);
                double worth = step.added(more, back) * step.theta;
                double value = up ? worth : 0 - worth; // no spike is 0, not -0
                out.spikes()[element] = value;
                out.rate()[i] += value / steps;
                out.counts()[2 * t] += (up ? more : back) ? 1 : 0;
                out.counts()[2 * t + 1] += (up ? back : more) ? 1 : 0;
                emitted += value;
            }
            out.carry()[i] = sum;
            out.carry()[neurons + i] = emitted;
        }
        return out;
    }

    /** The chain rule through every step; the side is taken as it was. */
    Gradient backward(double[] drive, double[] parameters, double[] gradSpikes, double[] gradRate) {
        Forward forward = forward(drive, parameters, null, (element, event, distance) -> distance > 0);
        int steps = layout.steps();
        int channels = layout.channels();
        int gained = layout.gains().steps();
        Gradient out = new Gradient(new double[drive.length], new double[(4 + 2 * gained) * channels]);
        for (int i = 0; i < neurons; i++) {
            int c = i % channels;
            double gradSum = 0;
            double gradEmitted = 0;
            for (int t = steps - 1; t >= 0; t--) {
                int element = t * neurons + i;
                Step step = new Step(parameters, i, t, forward.plus()[element], forward.minus()[element]);
                double gradValue = (gradSpikes == null ? 0 : gradSpikes[element])
                        + (gradRate == null ? 0 : gradRate[i] / steps)
                        + gradEmitted;
                double gradLevel = gradValue * step.sign * step.theta * step.slope();
                double added = step.added(step.level > 1, step.stands && step.level < 0);
                double gradTheta = gradValue * step.sign * added - gradLevel * (step.level - step.start) / step.theta;
                int side = step.positive() ? 0 : 1;
                out.parameters()[side * channels + c] += gradTheta * step.gain;
                out.parameters()[(2 + side) * channels + c] += gradLevel;
                gradEmitted -= step.sign * gradLevel / step.theta;
                gradSum += step.sign * gradLevel / step.theta * step.slopeOfDrive;
                if (hasGain(t)) {
                    out.parameters()[(4 + index(t)) * channels + c] += gradTheta * at(parameters, side, i);
                    out.parameters()[(4 + gained + index(t)) * channels + c] += gradSum;
                }
                out.drive()[driveIndex(t, i)] += gradSum;
            }
        }
        return out;
    }

    private boolean hasGain(int step) {
        return index(step) < layout.gains().steps();
    }

    private int index(int step) {
        return layout.gains().past() + step;
    }

    private double bias(double[] parameters, int neuron, int step) {
        return hasGain(step) ? at(parameters, 5 + layout.gains().steps() + index(step), neuron) : 0;
    }

    private double at(double[] parameters, int row, int neuron) {
        return parameters[row * layout.channels() + neuron % layout.channels()];
    }

    private int driveIndex(int step, int neuron) {
        return layout.constantDrive() ? neuron : step * neurons + neuron;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
