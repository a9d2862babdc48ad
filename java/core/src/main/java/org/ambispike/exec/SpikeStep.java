package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of spiking neurons through all T steps. */
final class SpikeStep extends Step {
    /** What a spiking layer gives and takes beside its drive and its spikes. */
    record Observed(Optional<Slot> rate, Optional<Slot> counts, Optional<Slot> rateGradient) {}

    private final Backend backend;
    private final RunState state;
    private final SpikeLayout layout;
    private final NeuronParameters parameters;
    private final SpikeOutput spikes;
    private final Observed observed;
    private final Slot scratch;
    private SpikeBuffers buffers;
    private SpikeGradients gradients;
    private SpikeGradients gradientsWithRate;

    SpikeStep(
            Backend backend,
            RunState state,
            SpikeLayout layout,
            NeuronParameters parameters,
            SpikeOutput spikes,
            Observed observed,
            StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.state = state;
        this.layout = layout;
        this.parameters = parameters;
        this.spikes = spikes;
        this.observed = observed;
        this.scratch = buffers.scratch();
    }

    @Override
    boolean readsInputBackward() {
        return true;
    }

    /** Not where one drive makes the spikes of several steps: its gradient is smaller then. */
    @Override
    boolean worksInPlace() {
        return !layout.constantDrive() || layout.steps() == 1;
    }

    /** What kernels are given is put together here, so that passes make no objects. */
    @Override
    void attach() {
        buffers = new SpikeBuffers(
                input().buffer(),
                spikes.parameters(),
                DeviceBuffer.absent(),
                output().buffer(),
                Slot.buffer(observed.rate()),
                Slot.buffer(observed.counts()));
        if (isTrained()) {
            gradients = gradients(DeviceBuffer.absent());
            gradientsWithRate = gradients(Slot.buffer(observed.rateGradient()));
        }
    }

    private SpikeGradients gradients(DeviceBuffer rate) {
        return new SpikeGradients(
                outputGradient().buffer(), rate, Slot.buffer(inputGradient()), parameters.gradients());
    }

    @Override
    void prepare() {
        spikes.prepare();
    }

    @Override
    void forward() {
        if (!buffers.counts().isAbsent()) {
            backend.memory().fill(buffers.counts(), 0);
        }
        spikes.forward(layout, buffers, false, state.kappa());
    }

    @Override
    void backward() {
        backend.neurons()
                .spikeBackward(
                        layout,
                        buffers.drive(),
                        buffers.parameters(),
                        state.gradientOfRates() ? gradientsWithRate : gradients,
                        scratch.buffer(),
                        state.kappa());
        parameters.scatterGradients();
    }
}
