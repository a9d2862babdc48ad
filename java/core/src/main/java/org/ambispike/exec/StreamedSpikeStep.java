package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Op;

/** A layer of spiking neurons, one time step a pass; the membranes lie in a carry from pass to pass. */
final class StreamedSpikeStep extends InferenceStep {
    private final Backend backend;
    private final RunState state;
    private final SpikeLayout[] layouts;
    private final SpikeOutput spikes;
    private final Slot carry;
    private final SpikeStep.Observed observed;
    private DeviceBuffer rate = DeviceBuffer.absent();
    private DeviceBuffer counts = DeviceBuffer.absent();

    /**
     * Plans the layer for any number of images up to the batch, so that counts are of those alone.
     *
     * @param carry [2, images, H, W, C]
     */
    StreamedSpikeStep(
            Backend backend,
            RunState state,
            Op.Spike op,
            LayerExtent extent,
            SpikeOutput spikes,
            Slot carry,
            SpikeStep.Observed observed,
            Slot input,
            Slot output) {
        super(input, output);
        this.backend = backend;
        this.state = state;
        this.spikes = spikes;
        this.carry = carry;
        this.observed = observed;
        this.layouts = new SpikeLayout[extent.batch()];
        for (int index = 0; index < layouts.length; index++) {
            long rows = (index + 1) * extent.rows();
            layouts[index] =
                    new SpikeLayout(op.model(), op.alpha(), 1, rows, extent.channels(), false, false, op.quanta());
        }
    }

    /**
     * How large a layer is.
     *
     * @param batch images
     * @param rows height times width
     */
    record LayerExtent(int batch, long rows, int channels) {}

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
        boolean first = state.time() == 0;
        if (first && !counts.isAbsent()) {
            backend.fill(counts, 0);
        }
        spikes.forward(
                layouts[state.images() - 1],
                input().buffer(),
                carry.buffer(),
                !first,
                output().buffer(),
                DeviceBuffer.absent(),
                counts,
                state.kappa());
        if (!rate.isAbsent()) {
            spikes.accumulate(output().buffer(), rate, first);
        }
    }
}
