package org.ambispike;

import org.ambispike.graph.HostTensor;

/**
 * How a layer of spiking neurons fired in a run.
 *
 * @param layer name
 * @param positive positive spikes per neuron and time step, in [0, 1]
 * @param negative negative spikes per neuron and time step, in [0, 1]
 * @param emitted [images, H, W, C], or [images, features]: the mean over the steps of what each neuron emitted, which
 *     approximates the ANN's activation
 */
public record LayerRates(String layer, double positive, double negative, HostTensor emitted) {}
