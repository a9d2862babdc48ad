package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op;
import org.ambispike.graph.SpikeLevels;

/** Spikes as bytes, in levels of each channel's own. */
final class Int8Spikes implements SpikeOutput, Levels {
    private final Backend backend;
    private final Int8Operations int8;
    private final Op.Spike op;
    private final NeuronParameters parameters;
    private final int channels;
    private final int mostLevels;
    private final long rows;
    private final Slot levels;
    private DeviceBuffer unit = DeviceBuffer.absent();

    /**
     * Plans the form.
     *
     * @param mostLevels of one spike, so that the sums over it fit into bytes
     * @param rows of one step: images times height times width
     * @param levels [3, channels]
     */
    Int8Spikes(
            Backend backend,
            Op.Spike op,
            NeuronParameters parameters,
            int channels,
            int mostLevels,
            long rows,
            Slot levels) {
        this.backend = backend;
        this.int8 = backend.int8().orElseThrow();
        this.op = op;
        this.parameters = parameters;
        this.channels = channels;
        this.mostLevels = mostLevels;
        this.rows = rows;
        this.levels = levels;
    }

    @Override
    public DeviceBuffer unit() {
        return unit;
    }

    @Override
    public DeviceBuffer parameters() {
        return parameters.values();
    }

    @Override
    public void prepare() {
        parameters.gather();
        unit = levels.buffer().slice("unit", 2L * channels, channels);
        float[] thetas = new float[2 * channels];
        backend.memory().download(parameters.values(), thetas, 0, thetas.length);
        int most = mostLevels;
        boolean graded = op.gains() > 0;
        if (graded) {
            float[] gains = new float[op.gains() * channels];
            backend.memory().download(parameters.gains(), gains, 0, gains.length);
            for (float gain : gains) {
                most = (int) Math.min(most, mostLevels / gain);
            }
        }
        float[] values = new float[3 * channels];
        for (int channel = 0; channel < channels; channel++) {
            double thetaNegative = op.model() == NeuronModel.INTEGRATE_AND_FIRE ? 0 : thetas[channels + channel];
            SpikeLevels nearest = graded
                    ? SpikeLevels.finest(thetas[channel], thetaNegative, most)
                    : SpikeLevels.nearest(thetas[channel], thetaNegative, most);
            values[channel] = nearest.positive();
            values[channels + channel] = nearest.negative();
            values[2 * channels + channel] = (float) nearest.unit();
        }
        backend.memory().upload(values, 0, values.length, levels.buffer());
    }

    @Override
    public void forward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        int8.spikeForward(layout, buffers, levels.buffer(), resume);
    }

    @Override
    public void accumulate(DeviceBuffer spikes, DeviceBuffer sum, boolean first) {
        int8.add(spikes, unit, first ? DeviceBuffer.absent() : sum, sum, rows, channels);
    }
}
