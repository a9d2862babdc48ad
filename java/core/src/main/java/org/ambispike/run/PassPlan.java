package org.ambispike.run;

import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * How data sets are passed through a network.
 *
 * @param batch the most images at once, of all threads together; fewer are taken of networks whose values would fill memory
 * @param timeSteps T; 1 for an ANN
 * @param split whether each thread may take images of its own; else all threads share each layer
 * @param counts whether spikes are counted
 * @param rates whether firing rates, or an ANN's activations, are kept
 */
public record PassPlan(int batch, int timeSteps, boolean split, boolean counts, boolean rates) {
    /** Batches of small images stay as they are, for the last one is left out of counts of spikes where it is not full. */
    private static final long USUAL_BYTES = 32L << 20;

    private static final long ACTIVATION_BYTES = 256L << 20;
    /** Values that an executor holds at the same moment: what a layer reads, its drive, and what it gives. */
    private static final int LIVE_VALUES = 3;

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

    /**
     * Returns how many images of a network to take at once: as many as are wanted where what lies between layers takes at most
     * 32 MiB an image, else as many as take 256 MiB, but at least 1. Large images keep all cores busy in small batches too.
     *
     * @param most images that are wanted
     * @param timeSteps T
     * @param rates whether what all neurons give is kept
     */
    public static int fitting(Graph graph, int most, int timeSteps, boolean rates) {
        long largest = 0;
        long kept = 0;
        for (Node node : graph.nodes()) {
            largest = Math.max(largest, graph.shape(node.name()).elements());
        }
        for (Node neuron : graph.neurons()) {
            kept += rates ? graph.shape(neuron.name()).elements() : 0;
        }
        long bytes = Float.BYTES * (LIVE_VALUES * largest * timeSteps + kept);
        return bytes <= USUAL_BYTES ? most : (int) Math.max(1, Math.min(most, ACTIVATION_BYTES / bytes));
    }

    /** The same with as many images as fit, see {@link #fitting(Graph, int, int, boolean)}. */
    PassPlan fitting(Graph graph) {
        return new PassPlan(fitting(graph, batch, timeSteps, rates), timeSteps, split, counts, rates);
    }

    public PassPlan withCounts() {
        return new PassPlan(batch, timeSteps, split, true, rates);
    }

    public PassPlan withRates() {
        return new PassPlan(batch, timeSteps, split, counts, true);
    }
}
