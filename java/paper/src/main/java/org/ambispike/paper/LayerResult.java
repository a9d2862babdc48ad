package org.ambispike.paper;

/**
 * What one layer of spiking neurons does.
 *
 * @param name of the node
 * @param thetaPositive positive clipping threshold (mean over channels)
 * @param thetaNegative negative clipping threshold, a magnitude (mean over channels)
 * @param positiveRate positive spikes per neuron and step
 * @param negativeRate negative spikes per neuron and step
 * @param relativeError root of the squared difference between rate and ANN activation over the ANN's sum of squares
 */
public record LayerResult(
        String name,
        double thetaPositive,
        double thetaNegative,
        double positiveRate,
        double negativeRate,
        double relativeError) {}
