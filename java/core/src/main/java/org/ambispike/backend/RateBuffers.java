package org.ambispike.backend;

/**
 * What the loss on firing rates reads and writes.
 *
 * @param rate [count] of the layer
 * @param target [count] the teacher's activations
 * @param factor [1] double on the weight; optional
 * @param gradient [count], overwritten with weight times the derivative of the loss; optional
 * @param result [2] doubles: the loss, the teacher's sum of squares
 */
public record RateBuffers(
        DeviceBuffer rate, DeviceBuffer target, DeviceBuffer factor, DeviceBuffer gradient, DeviceBuffer result) {}
