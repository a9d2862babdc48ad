package org.ambispike.backend;

/**
 * What a batch normalisation holds, each [channels].
 *
 * @param gamma factor
 * @param beta term
 * @param mean running mean
 * @param variance running variance, at least 0
 */
public record BatchNormParameters(DeviceBuffer gamma, DeviceBuffer beta, DeviceBuffer mean, DeviceBuffer variance) {}
