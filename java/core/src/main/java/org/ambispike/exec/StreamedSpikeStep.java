package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of spiking neurons, one time step a pass; the membranes lie in a carry from pass to pass. */
final class StreamedSpikeStep extends InferenceStep {
    /**
     * What goes on from pass to pass.
     *
     * @param membranes [2, images, H, W, C]
     * @param sums the summed drives before a max pool, where the neurons do one
     */
    record Carry(Slot membranes, Optional<Slot> sums) {}

    private final Backend backend;
    private final RunState state;
    private final SpikeLayout[][] layouts;
    private final SpikeOutput spikes;
    private final Carry carry;
    private final SpikeStep.Observed observed;
    private DeviceBuffer rate = DeviceBuffer.absent();
    private SpikeBuffers buffers;

    /**
     * Plans the layer.
     *
     * @param layouts by how many steps with gains are past, and for 1, 2 and up to all images of the batch, so that counts are of
     *     those that count alone
     */
    StreamedSpikeStep(
            Backend backend,
            RunState state,
            SpikeLayout[][] layouts,
            SpikeOutput spikes,
            Carry carry,
            SpikeStep.Observed observed,
            StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.state = state;
        this.layouts = layouts;
        this.spikes = spikes;
        this.carry = carry;
        this.observed = observed;
    }

    @Override
    void attach() {
        rate = Slot.buffer(observed.rate());
        buffers = new SpikeBuffers(
                input().buffer(),
                spikes.parameters(),
                carry.membranes.buffer(),
                output().buffer(),
                DeviceBuffer.absent(),
                Slot.buffer(observed.counts()),
                Slot.buffer(carry.sums));
    }

    @Override
    void prepare() {
        spikes.prepare();
    }

    @Override
    void forward() {
        boolean first = state.time() == 0;
        if (first && !buffers.counts().isAbsent()) {
            backend.memory().fill(buffers.counts(), 0);
        }
        SpikeLayout layout = layouts[Math.min(state.time(), layouts.length - 1)][state.images() - 1];
        spikes.forward(layout, buffers, !first, state.kappa());
        if (!rate.isAbsent()) {
            spikes.accumulate(output().buffer(), rate, first);
        }
    }
}
