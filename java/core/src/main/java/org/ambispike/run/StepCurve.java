package org.ambispike.run;

import java.util.Map;

/**
 * What one pass of T steps shows at every number of steps up to T.
 *
 * @param images evaluated
 * @param countedImages images whose spikes were counted (whole batches only)
 * @param accuracy [T] fraction of correct images after each step
 * @param spikes by neuron layer: [T][2] positive and negative spikes of each step over the counted images; empty if not counted
 * @param seconds wall time of the passes
 */
public record StepCurve(
        int images, int countedImages, double[] accuracy, Map<String, long[][]> spikes, double seconds) {
    /** After 1 &lt;= t &lt;= T steps. */
    public double accuracyAt(int t) {
        return accuracy[t - 1];
    }

    public double finalAccuracy() {
        return accuracy[accuracy.length - 1];
    }

    /**
     * Spikes of one polarity per image over the first t steps.
     *
     * @param polarity 0 positive, 1 negative
     */
    public double spikesPerImage(String layer, int polarity, int t) {
        long sum = 0;
        for (int step = 0; step < t; step++) {
            sum += spikes.get(layer)[step][polarity];
        }
        return sum / (double) countedImages;
    }
}
