package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Addend;
import org.ambispike.backend.Bf16Operations.SpikeForm;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;

/** Spikes in bf16 or bytes, of neurons that add the biases of the layers before them, and a second drive to the first. */
final class Bf16Spikes implements SpikeOutput {
    /**
     * What neurons read.
     *
     * @param constant the values are the same at every step
     * @param bias [channels], if the values come without it
     */
    record Drive(Slot values, boolean constant, Storage type, Optional<DeviceBuffer> bias) {
        private DeviceBuffer biasOrNone() {
            return bias.orElse(DeviceBuffer.absent());
        }
    }

    private final Bf16Operations bf16;
    private final NeuronParameters parameters;
    private final Drive drive;
    private final Optional<Drive> second;
    private final Storage emitted;
    private final DeviceBuffer bias;
    private SpikeForm form;

    /** @param second added to the drive; in bf16 */
    Bf16Spikes(Bf16Operations bf16, NeuronParameters parameters, Drive drive, Optional<Drive> second, Storage emitted) {
        this.bf16 = bf16;
        this.parameters = parameters;
        this.drive = drive;
        this.second = second;
        this.emitted = emitted;
        this.bias = drive.biasOrNone();
        this.form = new SpikeForm(drive.type, bias, Addend.NONE, emitted);
    }

    @Override
    public DeviceBuffer parameters() {
        return parameters.values();
    }

    @Override
    public void prepare() {
        parameters.gather();
        Addend addend = second.map(other -> new Addend(other.values.buffer(), other.biasOrNone(), other.constant))
                .orElse(Addend.NONE);
        form = new SpikeForm(drive.type, bias, addend, emitted);
    }

    /** @param kappa of no meaning: the spikes are not smooth */
    @Override
    public void forward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        bf16.spikeForward(layout, buffers, form, resume);
    }

    @Override
    public void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first) {
        throw new IllegalStateException("spikes in " + emitted + " are not streamed");
    }
}
