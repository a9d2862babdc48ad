package org.ambispike;

import java.util.List;
import org.ambispike.common.Cancellation;

/** What is measured of a spiking network on labelled images, and where. Immutable, thread-safe. */
public final class Evaluation {
    private static final int BATCH = 100;

    private final int timeSteps;
    private final List<ExitRule> exits;
    private final SessionOptions session;
    private final Cancellation cancellation;

    private Evaluation(Builder from) {
        this.timeSteps = from.timeSteps;
        this.exits = from.exits;
        this.session = from.session;
        this.cancellation = from.cancellation;
        if (timeSteps < 1) {
            throw new IllegalArgumentException("an evaluation takes at least one time step, got " + timeSteps);
        }
    }

    /**
     * Returns an evaluation of T time steps without early exits, on the device that there is.
     *
     * @throws IllegalArgumentException if T is below 1
     */
    public static Evaluation forTimeSteps(int timeSteps) {
        return builder(timeSteps).build();
    }

    /** Returns a builder that begins with {@link #forTimeSteps}. */
    public static Builder builder(int timeSteps) {
        return new Builder(timeSteps);
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final int timeSteps;
        private List<ExitRule> exits = List.of();
        private SessionOptions session = SessionOptions.builder().batch(BATCH).build();
        private Cancellation cancellation = new Cancellation();

        private Builder(int timeSteps) {
            this.timeSteps = timeSteps;
        }

        /** Sets the rules for each of which there is to be a point of accuracy against mean T. */
        public Builder exits(ExitRule... rules) {
            this.exits = List.of(rules);
            return this;
        }

        /** Sets device, precision, threads and batch of the pass; without, 100 images at a time on the device that there is. */
        public Builder session(SessionOptions options) {
            this.session = options;
            return this;
        }

        /** Sets who may ask to stop between batches. */
        public Builder cancellation(Cancellation other) {
            this.cancellation = other;
            return this;
        }

        /** @throws IllegalArgumentException if T is below 1 */
        public Evaluation build() {
            return new Evaluation(this);
        }
    }

    /** T of the pass; accuracy is known at every smaller T too. */
    public int timeSteps() {
        return timeSteps;
    }

    public List<ExitRule> exits() {
        return exits;
    }

    public SessionOptions session() {
        return session;
    }

    public Cancellation cancellation() {
        return cancellation;
    }
}
