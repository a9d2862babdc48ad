package org.ambispike;

import org.ambispike.common.Require;

/**
 * How a spiking network is calibrated without gradients or labels: by passes of unlabelled images, layer by layer. Immutable,
 * thread-safe.
 */
public final class ForwardCalibration {
    /** Enough for most networks: more have changed little where it was measured. */
    public static final int IMAGES = 128;

    private final int timeSteps;
    private final int images;

    private ForwardCalibration(Builder from) {
        this.timeSteps = from.timeSteps;
        this.images = from.images;
        Require.atLeast("T", timeSteps, 1);
        Require.atLeast("images", images, 1);
    }

    /**
     * Returns the settings that do well on most networks.
     *
     * @param timeSteps the number of time steps T that it is to be good at
     * @throws IllegalArgumentException if T is below 1
     */
    public static ForwardCalibration forTimeSteps(int timeSteps) {
        return builder(timeSteps).build();
    }

    /** Returns a builder that begins with {@link #forTimeSteps}. */
    public static Builder builder(int timeSteps) {
        return new Builder(timeSteps);
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final int timeSteps;
        private int images = IMAGES;

        private Builder(int timeSteps) {
            this.timeSteps = timeSteps;
        }

        /** Sets how many of the context's images are taken, the first ones; all, if there are fewer. */
        public Builder images(int count) {
            this.images = count;
            return this;
        }

        /** @throws IllegalArgumentException if T or images are below 1 */
        public ForwardCalibration build() {
            return new ForwardCalibration(this);
        }
    }

    public int timeSteps() {
        return timeSteps;
    }

    public int images() {
        return images;
    }
}
