package org.ambispike.paper;

/**
 * Firing rates of one layer with and without threshold optimisation (the paper's Table 4), in spikes per neuron and
 * step.
 */
public record LayerActivity(
        String layer, double positiveWith, double negativeWith, double positiveWithout, double negativeWithout) {}
