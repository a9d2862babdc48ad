package org.ambispike.exec;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;

/** The form in which a layer of spiking neurons emits its spikes. */
interface SpikeOutput {
    /** Called before a pass if parameters have changed. */
    void prepare();

    /** Returns [4, channels], what the neurons are given; there when the buffers are. */
    DeviceBuffer parameters();

    /**
     * Runs the layer.
     *
     * @param buffers with spikes in this form, and {@link #parameters}
     */
    void forward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa);

    /** sum = what the spikes of one step are worth, or the sum so far plus that. */
    void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first);
}
