package org.ambispike.exec;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;

/** The form in which a layer of spiking neurons emits its spikes. */
interface SpikeOutput {
    /** Called before a pass if parameters have changed. */
    void prepare();

    /**
     * Runs the layer.
     *
     * @param spikes [T, rows, channels] in this form
     * @param rate [rows, channels] f32; optional
     */
    void forward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts,
            double kappa);

    /** sum = what the spikes of one step are worth, or the sum so far plus that. */
    void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first);
}
