package org.ambispike.backend;

/**
 * What a layer of spiking neurons reads and writes in T steps.
 *
 * @param drive [T, rows, channels], or [rows, channels] where constant
 * @param parameters [4, channels]: thetaP, thetaN, start+ as a fraction of P, start- as a fraction of -N
 * @param carry [2, rows, channels] membranes out (and in, where a run is resumed); optional
 * @param spikes [T, rows, channels] emitted values; optional
 * @param rate [rows, channels] mean emitted value; optional
 * @param counts [T, 2] 64-bit positive and negative spikes, added to; optional
 */
public record SpikeBuffers(
        DeviceBuffer drive,
        DeviceBuffer parameters,
        DeviceBuffer carry,
        DeviceBuffer spikes,
        DeviceBuffer rate,
        DeviceBuffer counts) {}
