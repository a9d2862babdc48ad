package org.ambispike;

import org.ambispike.common.Require;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;

/** Quantisation-aware training: on with activations quantised to the levels that spikes can express. Immutable, thread-safe. */
public final class Quantisation {
    private final int levels;
    private final Fit fit;
    private final CalibrationTarget target;
    private final double dither;

    private Quantisation(Builder from) {
        this.levels = from.levels;
        this.fit = from.fit;
        this.target = from.target;
        this.dither = from.dither;
        Require.atLeast("levels", levels, 1);
        Require.atLeast("dither", dither, 0);
    }

    /**
     * Returns a builder of training as {@link Calibration#builder} has it, without dither.
     *
     * @param levels steps between 0 and a threshold, at least 1
     */
    public static Builder builder(int levels) {
        return new Builder(levels);
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final int levels;
        private Fit fit = Fit.defaults();
        private CalibrationTarget target = CalibrationTarget.defaults();
        private double dither;

        private Builder(int levels) {
            this.levels = levels;
        }

        /** Sets how it goes through the images. */
        public Builder fit(Fit other) {
            this.fit = other;
            return this;
        }

        /** Sets what is learnt from the teacher. */
        public Builder target(CalibrationTarget other) {
            this.target = other;
            return this;
        }

        /**
         * Sets by how many levels noise moves an activation at most before it is quantised, so that the network learns to bear spikes
         * that come unevenly.
         */
        public Builder dither(double most) {
            this.dither = most;
            return this;
        }

        /** @throws IllegalArgumentException naming what is out of its range */
        public Quantisation build() {
            return new Quantisation(this);
        }
    }

    public int levels() {
        return levels;
    }

    public Fit fit() {
        return fit;
    }

    public CalibrationTarget target() {
        return target;
    }

    public double dither() {
        return dither;
    }
}
