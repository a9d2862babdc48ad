package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of spiking neurons through all T steps. */
final class SpikeStep implements Step {
    /** What a spiking layer gives and takes beside its drive and its spikes. */
    record Observed(Optional<Slot> rate, Optional<Slot> counts, Optional<Slot> rateGradient) {}

    private final Backend backend;
    private final RunState state;
    private final SpikeLayout layout;
    private final NeuronParameters parameters;
    private final Observed observed;
    private final Slot input;
    private final Slot output;
    private final Slot scratch;
    private Slot inputGradient;
    private Slot outputGradient;

    SpikeStep(
            Backend backend,
            RunState state,
            SpikeLayout layout,
            NeuronParameters parameters,
            Observed observed,
            Slot input,
            Slot output,
            Slot scratch) {
        this.backend = backend;
        this.state = state;
        this.layout = layout;
        this.parameters = parameters;
        this.observed = observed;
        this.input = input;
        this.output = output;
        this.scratch = scratch;
    }

    void gradients(Slot ofInput, Slot ofOutput) {
        inputGradient = ofInput;
        outputGradient = ofOutput;
    }

    @Override
    public void prepare() {
        parameters.gather();
    }

    @Override
    public void forward() {
        observed.counts().ifPresent(counts -> backend.fill(counts.buffer(), 0));
        backend.spikeForward(
                layout,
                input.buffer(),
                parameters.values(),
                DeviceBuffer.absent(),
                false,
                output.buffer(),
                buffer(observed.rate()),
                buffer(observed.counts()),
                state.kappa());
    }

    @Override
    public void backward() {
        backend.spikeBackward(
                layout,
                input.buffer(),
                parameters.values(),
                outputGradient.buffer(),
                state.gradientOfRates() ? buffer(observed.rateGradient()) : DeviceBuffer.absent(),
                inputGradient.buffer(),
                parameters.gradients(),
                scratch.buffer(),
                state.kappa());
        parameters.scatterGradients();
    }

    private static DeviceBuffer buffer(Optional<Slot> slot) {
        return slot.map(Slot::buffer).orElse(DeviceBuffer.absent());
    }
}
