package org.ambispike.backend;

/**
 * Gradients of a batch normalisation: that of what it gives is read, the others written.
 *
 * @param y [rows, channels]
 * @param x [rows, channels]; may be the buffer of {@code y}
 * @param parameters of which gamma and beta are overwritten
 */
public record BatchNormGradients(DeviceBuffer y, DeviceBuffer x, BatchNormParameters parameters) {}
