package org.ambispike.paper;

/**
 * How far a layer's rates are from the activations of the ANN that the network tends to as T grows.
 *
 * @param timeSteps T, at least 1
 * @param relativeError root of the squared differences over the activations' sum of squares, at least 0
 */
public record RateError(String layer, int timeSteps, double relativeError) {}
