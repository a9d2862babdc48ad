package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
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
    private DeviceBuffer rate = DeviceBuffer.absent();
    private DeviceBuffer counts = DeviceBuffer.absent();

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

    @Override
    void attach() {
        rate = Slot.buffer(observed.rate());
        counts = Slot.buffer(observed.counts());
    }

    @Override
    void prepare() {
        spikes.prepare();
    }

    @Override
    void forward() {
        if (!counts.isAbsent()) {
            backend.fill(counts, 0);
        }
        spikes.forward(
                layout, input().buffer(), DeviceBuffer.absent(), false, output().buffer(), rate, counts, state.kappa());
    }

    @Override
    void backward() {
        backend.spikeBackward(
                layout,
                input().buffer(),
                parameters.values(),
                outputGradient().buffer(),
                Slot.buffer(state.gradientOfRates() ? observed.rateGradient() : Optional.empty()),
                Slot.buffer(inputGradient()),
                parameters.gradients(),
                scratch.buffer(),
                state.kappa());
        parameters.scatterGradients();
    }
}
