package org.ambispike.backend;

/**
 * What a layer of spiking neurons reads and writes in T steps.
 *
 * @param drive [T, rows, channels], or [rows, channels] where constant; before a max pool, where the layout has one, its maps
 * @param parameters [5, channels]: thetaP, thetaN, start+ as a fraction of P, start- as a fraction of -N, and the slope in [0, 1]:
 *     N is thetaN over it, infinite where it is 0; behind them, where the layout has gains, [gains, channels] of them and as many
 *     biases
 * @param carry [2, rows, channels] membranes out (and in, where a run is resumed); optional
 * @param spikes [T, rows, channels] emitted values; optional
 * @param rate [rows, channels] mean emitted value; optional
 * @param counts [T, 2] 64-bit positive and negative spikes, added to; optional
 * @param sums [images, H, W, C] summed drives before the max pool of the layout out (and in, where a run is resumed); optional
 */
public record SpikeBuffers(
        DeviceBuffer drive,
        DeviceBuffer parameters,
        DeviceBuffer carry,
        DeviceBuffer spikes,
        DeviceBuffer rate,
        DeviceBuffer counts,
        DeviceBuffer sums) {
    /** Buffers of neurons that read their drive as it is, or of a run that is not resumed. */
    public SpikeBuffers(
            DeviceBuffer drive,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts) {
        this(drive, parameters, carry, spikes, rate, counts, DeviceBuffer.absent());
    }
}
