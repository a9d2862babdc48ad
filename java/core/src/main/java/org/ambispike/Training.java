package org.ambispike;

import java.util.Optional;
import org.ambispike.common.Require;
import org.ambispike.train.Fit;
import org.ambispike.train.VariancePenalty;

/** How an ANN is trained on labels. Immutable, thread-safe. */
public final class Training {
    private final Fit fit;
    private final String stage;
    private final double smoothing;
    private final Optional<VariancePenalty> penalty;

    private Training(Builder from) {
        this.fit = from.fit;
        this.stage = from.stage;
        this.smoothing = from.smoothing;
        this.penalty = from.penalty;
        Require.shareBelowOne("smoothing", smoothing);
    }

    /** Returns a builder of training without label smoothing and penalties that goes through the images so. */
    public static Builder builder(Fit fit) {
        return new Builder(fit);
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final Fit fit;
        private String stage = "train";
        private double smoothing;
        private Optional<VariancePenalty> penalty = Optional.empty();

        private Builder(Fit fit) {
            this.fit = fit;
        }

        /** Sets its name in progress, metrics and checkpoints; without, {@code train}. */
        public Builder stage(String name) {
            this.stage = name;
            return this;
        }

        /** Sets the smoothing of labels, in [0, 1). */
        public Builder smoothing(double share) {
            this.smoothing = share;
            return this;
        }

        /** Sets a penalty of the activations' variance. */
        public Builder penalty(VariancePenalty other) {
            this.penalty = Optional.of(other);
            return this;
        }

        /** @throws IllegalArgumentException naming what is out of range */
        public Training build() {
            return new Training(this);
        }
    }

    public Fit fit() {
        return fit;
    }

    public String stage() {
        return stage;
    }

    public double smoothing() {
        return smoothing;
    }

    public Optional<VariancePenalty> penalty() {
        return penalty;
    }
}
