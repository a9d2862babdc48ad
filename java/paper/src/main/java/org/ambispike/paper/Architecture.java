package org.ambispike.paper;

import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/** A network that is trained from random weights: a value; equal ones build equal graphs. */
public sealed interface Architecture permits Net4, Vgg16, ResNet18 {
    /** As typed, and as models are labelled. */
    String name();

    /** What tells it from others of its name, such as its width, for fingerprints and summaries; may be empty. */
    Map<String, String> settings();

    /**
     * The network as it is trained, with Leaky ReLU that has no thresholds yet.
     *
     * @param alpha slope of Leaky ReLU, in (0, 1]
     * @param dropout around hidden linear layers, in [0, 1); 0 for none
     */
    Graph graph(double alpha, double dropout);

    /**
     * Weights to begin training with; a pure function of graph and seed.
     *
     * @param graph as this network gives it
     */
    Weights initial(Graph graph, long seed);
}
