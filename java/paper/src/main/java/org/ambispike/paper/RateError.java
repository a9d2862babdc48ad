package org.ambispike.paper;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How far a layer's rates are from the activations of the ANN that the network tends to as T grows.
 *
 * @param timeSteps T, at least 1
 * @param relativeError root of the squared differences over the activations' sum of squares, at least 0
 */
public record RateError(String layer, @JsonProperty("T") int timeSteps, double relativeError) {}
