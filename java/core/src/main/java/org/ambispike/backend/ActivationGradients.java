package org.ambispike.backend;

/**
 * Gradients of a layer of ANN neurons: those of what it gives are read, the others written.
 *
 * @param y [rows, channels]; optional
 * @param extra [rows, channels], added to {@code y}; optional
 * @param x [rows, channels]; may be the buffer of {@code y}
 * @param parameters [2, channels], overwritten; optional
 */
public record ActivationGradients(DeviceBuffer y, DeviceBuffer extra, DeviceBuffer x, DeviceBuffer parameters) {}
