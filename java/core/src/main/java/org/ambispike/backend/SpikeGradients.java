package org.ambispike.backend;

/**
 * Gradients of a layer of spiking neurons: those of what it emits are read, the others written.
 *
 * @param spikes [T, rows, channels]; optional
 * @param rate [rows, channels] gradient of the mean emitted value; optional
 * @param drive like the drive; may be the buffer of {@code spikes}; optional
 * @param parameters [4, channels], and behind them those of gains and biases by step, overwritten; optional
 */
public record SpikeGradients(DeviceBuffer spikes, DeviceBuffer rate, DeviceBuffer drive, DeviceBuffer parameters) {}
