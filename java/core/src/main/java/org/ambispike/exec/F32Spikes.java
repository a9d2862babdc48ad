package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
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
    public DeviceBuffer parameters() {
        return parameters.values();
    }

    @Override
    public void prepare() {
        parameters.gather();
    }

    @Override
    public void forward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        backend.neurons().spikeForward(layout, buffers, resume, kappa);
    }

    @Override
    public void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first) {
        if (first) {
            backend.memory().copy(spikes, sum);
        } else {
            backend.linear().add(sum, spikes, sum);
        }
    }
}
