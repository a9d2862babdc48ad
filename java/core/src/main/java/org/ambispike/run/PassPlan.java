package org.ambispike.run;

import org.ambispike.data.Dataset;

/**
 * How data sets are passed through a network.
 *
 * @param batch the most images at once, of all threads together
 * @param timeSteps T; 1 for an ANN
 * @param split whether each thread may take images of its own; else all threads share each layer
 * @param counts whether spikes are counted
 * @param rates whether firing rates, or an ANN's activations, are kept
 */
public record PassPlan(int batch, int timeSteps, boolean split, boolean counts, boolean rates) {
    /** All threads share each layer, so that results are those of one batch size for any number of them. */
    public static PassPlan whole(int batch, int timeSteps) {
        return new PassPlan(batch, timeSteps, false, false, false);
    }

    /**
     * The fastest way through one data set: images that are more than one batch are split over the threads.
     *
     * @param most images at once; fewer where the data set has no more
     */
    public static PassPlan over(Dataset images, int most, int timeSteps) {
        boolean several = images.size() > most;
        return new PassPlan(Math.min(most, images.size()), timeSteps, several, false, false);
    }

    public PassPlan withCounts() {
        return new PassPlan(batch, timeSteps, split, true, rates);
    }

    public PassPlan withRates() {
        return new PassPlan(batch, timeSteps, split, counts, true);
    }
}
