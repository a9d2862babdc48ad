package org.ambispike.latency;

import org.ambispike.run.EnergyEstimate;

/**
 * What one image costs, as a mean over the evaluated images. NaN where it was not counted.
 *
 * @param spikes of both polarities in all layers
 * @param synapticOperations accumulations caused by spikes
 * @param multiplyAccumulates of the layers that see the image itself; of all layers for an ANN
 * @param nanojoules by the constants of {@link EnergyEstimate}
 */
public record ImageWork(double spikes, double synapticOperations, double multiplyAccumulates, double nanojoules) {
    /** Work that was not counted. */
    public static final ImageWork UNKNOWN = new ImageWork(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
