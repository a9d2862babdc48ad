package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;

/** Spikes as 32-bit floats. */
final class F32Spikes implements SpikeOutput {
    private final Backend backend;
    private final NeuronParameters parameters;

    F32Spikes(Backend backend, NeuronParameters parameters) {
        this.backend = backend;
        this.parameters = parameters;
    }

    @Override
    public void prepare() {
        parameters.gather();
    }

    @Override
    public void forward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts,
            double kappa) {
        backend.spikeForward(layout, drive, parameters.values(), carry, resume, spikes, rate, counts, kappa);
    }

    @Override
    public void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first) {
        if (first) {
            backend.copy(spikes, sum);
        } else {
            backend.add(sum, spikes, sum);
        }
    }
}
