package org.ambispike;

import java.util.List;
import java.util.OptionalDouble;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;

/** How a network's results are compared with targets. Immutable, thread-safe. */
public final class Comparison {
    private static final int BATCH = 16;

    private final List<Integer> timeSteps;
    private final OptionalDouble range;
    private final SessionOptions session;
    private final ProgressListener listener;
    private final Cancellation cancellation;

    private Comparison(Builder from) {
        this.timeSteps = from.timeSteps.stream().sorted().distinct().toList();
        this.range = from.range;
        this.session = from.session;
        this.listener = from.listener;
        this.cancellation = from.cancellation;
        if (timeSteps.isEmpty() || timeSteps.get(0) < 1) {
            throw new IllegalArgumentException("a comparison needs time steps of at least 1, got " + timeSteps);
        }
        if (!(range.orElse(1) > 0 && Double.isFinite(range.orElse(1)))) {
            throw new IllegalArgumentException("a range is above 0, got " + range.getAsDouble());
        }
    }

    /**
     * Returns a comparison after each of these T, on the device that there is, 16 images at a time; an ANN is compared once.
     *
     * @throws IllegalArgumentException if there is no T, or one is below 1
     */
    public static Comparison forTimeSteps(List<Integer> timeSteps) {
        return builder(timeSteps).build();
    }

    /** Returns a builder that begins with {@link #forTimeSteps}. */
    public static Builder builder(List<Integer> timeSteps) {
        return new Builder(timeSteps);
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private final List<Integer> timeSteps;
        private OptionalDouble range = OptionalDouble.empty();
        private SessionOptions session = SessionOptions.builder().batch(BATCH).build();
        private ProgressListener listener = ProgressListener.silent();
        private Cancellation cancellation = new Cancellation();

        private Builder(List<Integer> timeSteps) {
            this.timeSteps = timeSteps;
        }

        /**
         * Sets the range of the values that peak signal-to-noise ratios are of, such as 1 for pixels in [0, 1]; without, that of the
         * targets.
         */
        public Builder range(double values) {
            this.range = OptionalDouble.of(values);
            return this;
        }

        /** Sets device, precision, threads and batch. */
        public Builder session(SessionOptions options) {
            this.session = options;
            return this;
        }

        /** Sets who hears how many images are done. */
        public Builder listener(ProgressListener other) {
            this.listener = other;
            return this;
        }

        /** Sets who may ask to stop between batches. */
        public Builder cancellation(Cancellation other) {
            this.cancellation = other;
            return this;
        }

        /** @throws IllegalArgumentException if there is no T, one is below 1, or the range is not above 0 */
        public Comparison build() {
            return new Comparison(this);
        }
    }

    /** T after which results are compared, ascending. */
    public List<Integer> timeSteps() {
        return timeSteps;
    }

    public OptionalDouble range() {
        return range;
    }

    public SessionOptions session() {
        return session;
    }

    public ProgressListener listener() {
        return listener;
    }

    public Cancellation cancellation() {
        return cancellation;
    }
}
