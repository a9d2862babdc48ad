package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;

/** Spikes in bf16, of neurons that add the bias of the layer before them. */
final class Bf16Spikes implements SpikeOutput {
    private final Bf16Operations bf16;
    private final NeuronParameters parameters;
    private final Storage drive;
    private final DeviceBuffer bias;

    /** @param bias [channels], if the drive comes without it */
    Bf16Spikes(Bf16Operations bf16, NeuronParameters parameters, Storage drive, Optional<DeviceBuffer> bias) {
        this.bf16 = bf16;
        this.parameters = parameters;
        this.drive = drive;
        this.bias = bias.orElse(DeviceBuffer.absent());
    }

    @Override
    public void prepare() {
        parameters.gather();
    }

    /** @param kappa of no meaning: the spikes are not smooth */
    @Override
    public void forward(
            SpikeLayout layout,
            DeviceBuffer driven,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts,
            double kappa) {
        bf16.spikeForward(layout, driven, drive, bias, parameters.values(), carry, resume, spikes, rate, counts);
    }

    @Override
    public void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first) {
        throw new IllegalStateException("spikes in bf16 are not streamed");
    }
}
