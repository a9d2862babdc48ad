package org.ambispike.support;

import java.util.Map;
import org.ambispike.backend.Int8Operations;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.SpikeLevels;
import org.ambispike.graph.Weights;

/** Networks whose weights are those that int8 rounds to, so that f32 and double compute what int8 must. */
public final class QuantisedNetwork {
    private QuantisedNetwork() {}

    /** Weights of which negative spikes are worth the same fraction of positive ones everywhere. */
    public static Weights withRatio(Weights weights, double ratio, String... neurons) {
        Weights changed = weights;
        for (String neuron : neurons) {
            HostTensor thetas = weights.get(neuron + ".thetaPositive").copy();
            for (int i = 0; i < thetas.values().length; i++) {
                thetas.values()[i] *= (float) ratio;
            }
            changed = changed.map(neuron + ".thetaNegative", old -> thetas);
        }
        return changed;
    }

    /**
     * Rounds.
     *
     * @param readers the layers that read spikes in bytes, and the neurons that emit them
     * @param windows how many spikes are summed for each layer's input at most, by neurons
     */
    public static Weights rounded(Weights weights, Map<String, String> readers, Map<String, Integer> windows) {
        Weights rounded = weights;
        for (Map.Entry<String, String> reader : readers.entrySet()) {
            String neuron = reader.getValue();
            double[] unit = units(weights, neuron, Int8Operations.MOST_LEVELS / windows.get(neuron));
            rounded = rounded.map(reader.getKey() + ".weight", tensor -> round(tensor, unit));
        }
        return rounded;
    }

    /**
     * Rounds a layer.
     *
     * @param unit what a level of each channel of its input is worth
     */
    public static Weights rounded(Weights weights, String layer, double[] unit) {
        return weights.map(layer + ".weight", tensor -> round(tensor, unit));
    }

    /** Returns what a level of each channel of neurons is worth, or of all where they share thresholds. */
    public static double[] units(Weights weights, String neuron, int most) {
        float[] positive = weights.get(neuron + ".thetaPositive").values();
        float[] negative = weights.get(neuron + ".thetaNegative").values();
        double[] units = new double[Math.max(positive.length, negative.length)];
        for (int c = 0; c < units.length; c++) {
            units[c] = SpikeLevels.nearest(positive[c % positive.length], negative[c % negative.length], most)
                    .unit();
        }
        return units;
    }

    private static HostTensor round(HostTensor weights, double[] unit) {
        HostTensor rounded = weights.copy();
        float[] values = rounded.values();
        int outputs = weights.shape().extent(0);
        int perOutput = values.length / outputs;
        for (int output = 0; output < outputs; output++) {
            int first = output * perOutput;
            double largest = 0;
            for (int i = 0; i < perOutput; i++) {
                largest = Math.max(largest, Math.abs(values[first + i] * unit[i % unit.length]));
            }
            for (int i = 0; i < perOutput; i++) {
                double worth = unit[i % unit.length];
                double step = largest / 127;
                if (worth > 0) {
                    values[first + i] = (float) (Math.rint(values[first + i] * worth / step) * step / worth);
                }
            }
        }
        return rounded;
    }
}
