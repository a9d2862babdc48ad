package org.ambispike;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ambispike.graph.NeuronModel;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;

/** How a spiking network is calibrated. Immutable, thread-safe. */
public final class Calibration {
    private final List<Integer> timeSteps;
    private final Fit fit;
    private final CalibrationTarget target;
    private final boolean layerwise;
    private final Optional<Double> stepGains;

    private Calibration(Builder from) {
        this.timeSteps =
                Arrays.stream(from.timeSteps).sorted().distinct().boxed().toList();
        this.fit = from.fit;
        this.target = from.target;
        this.layerwise = from.layerwise;
        this.stepGains = from.stepGains;
        if (timeSteps.isEmpty() || timeSteps.get(0) < 1) {
            throw new IllegalArgumentException("calibration needs time steps of at least 1, got " + timeSteps);
        }
        if (layerwise && timeSteps.size() != 1) {
            throw new IllegalArgumentException("layers are calibrated one after another for one T; got " + timeSteps);
        }
        int longest = timeSteps.get(timeSteps.size() - 1);
        if (stepGains.isPresent() && (layerwise || longest < 2 || longest > NeuronModel.MAX_GAINS)) {
            throw new IllegalArgumentException("gains by step are trained jointly, for a largest T of 2 to "
                    + NeuronModel.MAX_GAINS + "; got " + (layerwise ? "layers one after another" : "T = " + longest));
        }
    }

    /**
     * Returns the settings that do well on most networks: 5 epochs of 200 steps of 128 images as they are, all layers jointly,
     * with AdamW.
     *
     * @param timeSteps the numbers of time steps T that the network is to be good at; they take turns
     * @throws IllegalArgumentException if there is no T, or one is below 1
     */
    public static Calibration forTimeSteps(int... timeSteps) {
        return builder(timeSteps).build();
    }

    /** Returns a builder that begins with {@link #forTimeSteps}. */
    public static Builder builder(int... timeSteps) {
        return new Builder(timeSteps.clone());
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final int[] timeSteps;
        private Fit fit = Fit.defaults();
        private CalibrationTarget target = CalibrationTarget.defaults();
        private boolean layerwise;
        private Optional<Double> stepGains = Optional.empty();

        private Builder(int[] timeSteps) {
            this.timeSteps = timeSteps;
        }

        /** Sets how it goes through the images. */
        public Builder fit(Fit other) {
            this.fit = other;
            return this;
        }

        /** Sets the epochs, at least 1. */
        public Builder epochs(int epochs) {
            return fit(fit.withEpochs(epochs));
        }

        /** Sets after how many steps an epoch ends; 0 for a pass over all images. */
        public Builder stepsPerEpoch(int steps) {
            return fit(fit.withStepsPerEpoch(steps));
        }

        /** Sets the images a step, at least 1. */
        public Builder batch(int images) {
            return fit(fit.withBatch(images));
        }

        /** Sets what is learnt from the teacher. */
        public Builder target(CalibrationTarget other) {
            this.target = other;
            return this;
        }

        /**
         * Sets whether layers are calibrated one after another, for one T, rather than jointly; thresholds stay as they are then, and of
         * the target only the loss of rates and kappa count.
         */
        public Builder layerwise(boolean wanted) {
            this.layerwise = wanted;
            return this;
        }

        /**
         * Gives neurons that take spikes back gains and biases of their own in each of the first T steps, T being the largest one here, and
         * trains them too: T steps tell more than T + 1 levels apart then. Spikes of different steps are worth different values, which
         * the hardware must be able to weigh; in int8 they are rounded to levels, and NIR has no terms for them.
         *
         * @param spread gains fall evenly from 1 + spread to 1 - spread before training; at least 0, and below 1
         */
        public Builder stepGains(double spread) {
            if (!(spread >= 0 && spread < 1)) {
                throw new IllegalArgumentException("gains by step spread by 0 or more and less than 1, got " + spread);
            }
            this.stepGains = Optional.of(spread);
            return this;
        }

        /** @throws IllegalArgumentException if there is no T, one is below 1, or layers are to be calibrated for several */
        public Calibration build() {
            return new Calibration(this);
        }
    }

    /** The T that the network is to be good at, ascending. */
    public List<Integer> timeSteps() {
        return timeSteps;
    }

    public Fit fit() {
        return fit;
    }

    public CalibrationTarget target() {
        return target;
    }

    public boolean layerwise() {
        return layerwise;
    }

    /** How far gains by step lie apart before training; empty where neurons stay as they are. */
    public Optional<Double> stepGains() {
        return stepGains;
    }

    /** Returns the name of the stage in progress, metrics and checkpoints, for example {@code calibrate-T2+4}. */
    public String stage() {
        return timeSteps.stream().map(String::valueOf).collect(Collectors.joining("+", "calibrate-T", ""));
    }
}
