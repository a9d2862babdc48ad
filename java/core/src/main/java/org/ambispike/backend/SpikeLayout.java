package org.ambispike.backend;

import java.util.Optional;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;

/**
 * A planned layer of spiking neurons.
 *
 * @param model membranes
 * @param steps T, at least 1
 * @param rows images times height times width
 * @param channels innermost extent
 * @param constantDrive the drive is [rows, channels] and the same at every step
 * @param smooth emit the surrogate's primitive in place of the step; for gradient checks
 * @param quanta the most quanta that a spike may have, from 1 to {@link NeuronModel#MAX_QUANTA}; 1 of MEMORY and GRADED
 * @param gains the gains by step of GRADED neurons
 * @param pool the max pool through time that stands between the drive and the neurons, and gives {@code rows}; not of smooth
 *     layouts or spikes of several quanta
 */
public record SpikeLayout(
        NeuronModel model,
        int steps,
        long rows,
        int channels,
        boolean constantDrive,
        boolean smooth,
        int quanta,
        Gains gains,
        Optional<MaxPoolGeometry> pool) {
    /**
     * Which gains and biases by step the neurons have.
     *
     * @param steps how many steps have them, from the first one of a run on
     * @param past of these steps, how many came before the first one here
     */
    public record Gains(int steps, int past) {
        public static final Gains NONE = new Gains(0, 0);

        public Gains {
            if (past < 0 || past > steps) {
                throw new IllegalArgumentException("of " + steps + " steps with gains, " + past + " cannot be past");
            }
        }
    }

    public SpikeLayout {
        model.requireQuanta(quanta);
        model.requireGains(gains.steps());
        if (pool.isPresent() && (smooth || quanta > 1)) {
            throw new IllegalArgumentException(
                    "neurons behind a max pool that they do themselves emit whole spikes of one quantum");
        }
        if (steps < 1 || rows < 1 || channels < 1) {
            throw new IllegalArgumentException("a layer of " + model + " neurons needs T, rows, channels >= 1, got T="
                    + steps + ", rows=" + rows + ", channels=" + channels);
        }
    }

    /** Neurons that read their drive as it is. */
    public SpikeLayout(
            NeuronModel model, int steps, long rows, int channels, boolean constantDrive, boolean smooth, int quanta) {
        this(model, steps, rows, channels, constantDrive, smooth, quanta, Gains.NONE, Optional.empty());
    }

    /** Spikes of one quantum. */
    public SpikeLayout(NeuronModel model, int steps, long rows, int channels, boolean constantDrive, boolean smooth) {
        this(model, steps, rows, channels, constantDrive, smooth, 1);
    }

    /** Returns the same layer with a max pool before its neurons. */
    public SpikeLayout behind(Optional<MaxPoolGeometry> before) {
        return new SpikeLayout(model, steps, rows, channels, constantDrive, smooth, quanta, gains, before);
    }

    /** Returns the same layer with gains and biases by step. */
    public SpikeLayout with(Gains other) {
        return new SpikeLayout(model, steps, rows, channels, constantDrive, smooth, quanta, other, pool);
    }

    /** Returns the maps of one step, where there is a max pool. */
    public long images() {
        MaxPoolGeometry geometry = pool.orElseThrow();
        return rows / geometry.down().windows() / geometry.across().windows();
    }

    /** Returns how many parameters of each channel have gradients. */
    public int gradients() {
        return 4 + 2 * gains.steps();
    }

    /** Neurons. */
    public long neurons() {
        return rows * channels;
    }
}
