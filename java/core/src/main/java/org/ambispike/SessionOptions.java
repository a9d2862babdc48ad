package org.ambispike;

import java.util.OptionalInt;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ImageStage;

/**
 * What a session is opened for: {@link #defaults} with what is to be otherwise, one by one or by a {@link #builder}. Immutable,
 * thread-safe.
 */
public final class SessionOptions {
    /** What the values of an image mean. */
    public enum Input {
        /** Pixels from 0 to 255, which the session normalises as the model says. */
        PIXELS,
        /** What the network itself takes: (pixel / 255 - mean) / deviation, by channel. */
        NORMALISED
    }

    private static final SessionOptions DEFAULTS = builder().build();

    private final Device.Request device;
    private final Precision precision;
    private final OptionalInt threads;
    private final int batch;
    private final int largestTimeSteps;
    private final Input input;
    private final boolean rates;
    private final boolean trace;

    private SessionOptions(Builder from) {
        this.device = from.device;
        this.precision = from.precision;
        this.threads = from.threads;
        this.batch = from.batch;
        this.largestTimeSteps = from.largestTimeSteps;
        this.input = from.input;
        this.rates = from.rates;
        this.trace = from.trace;
        require("the number of threads", threads.orElse(1), Backend.MOST_THREADS);
        require("the batch", batch, 1 << 20);
        require("the largest T", largestTimeSteps, ExecutionOptions.MOST_TIME_STEPS);
    }

    private static void require(String what, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(what + " must be from 1 to " + most + ", got " + value);
        }
    }

    /** Pixels, up to 128 images and 32 time steps at once, f32 on the device that there is, without rates and traces. */
    public static SessionOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder that begins with {@link #defaults}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private Device.Request device = Device.Request.AUTO;
        private Precision precision = Precision.F32;
        private OptionalInt threads = OptionalInt.empty();
        private int batch = 128;
        private int largestTimeSteps = 32;
        private Input input = Input.PIXELS;
        private boolean rates;
        private boolean trace;

        private Builder() {}

        private Builder(SessionOptions from) {
            this.device = from.device;
            this.precision = from.precision;
            this.threads = from.threads;
            this.batch = from.batch;
            this.largestTimeSteps = from.largestTimeSteps;
            this.input = from.input;
            this.rates = from.rates;
            this.trace = from.trace;
        }

        /** Sets where to compute. */
        public Builder device(Device.Request request) {
            this.device = request;
            return this;
        }

        /**
         * Sets the precision of convolutions and matrix multiplications; membranes are always 32-bit floats. On the CPU INT8 is
         * about three times as fast as F32.
         */
        public Builder precision(Precision value) {
            this.precision = value;
            return this;
        }

        /**
         * Sets the threads of the CPU, 1 to 256. Without: all processors, but one in a {@link SessionPool} and an
         * {@link AnnSession}.
         */
        public Builder threads(int count) {
            this.threads = OptionalInt.of(count);
            return this;
        }

        /** Sets the most images that are computed at once; calls with more are split. Memory is taken for those that come. */
        public Builder batch(int images) {
            this.batch = images;
            return this;
        }

        /** Sets the largest T of a call, 1 to 1024; the T that a model was calibrated for may be larger. */
        public Builder largestTimeSteps(int steps) {
            this.largestTimeSteps = steps;
            return this;
        }

        /** Sets what the values of an image mean. */
        public Builder input(Input meaning) {
            this.input = meaning;
            return this;
        }

        /**
         * Sets whether {@link SpikingSession#rates} is wanted; costs about a tenth of the speed for large batches, and half of it
         * for single images.
         */
        public Builder rates(boolean wanted) {
            this.rates = wanted;
            return this;
        }

        /**
         * Sets whether {@link SpikingSession#emitted} and {@link SpikingSession#spikes} are wanted after a step; costs memory, since
         * what the layers emitted is kept.
         */
        public Builder trace(boolean wanted) {
            this.trace = wanted;
            return this;
        }

        /** @throws IllegalArgumentException naming an option that is out of range */
        public SessionOptions build() {
            return new SessionOptions(this);
        }
    }

    /** Returns a builder that begins with these. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Makes the place where images of a model are checked and normalised. */
    ImageStage stage(SavedModel model) {
        return new ImageStage(model.graph().inputShape(), model.info().normalisation(), batch, input == Input.PIXELS);
    }

    public Device.Request device() {
        return device;
    }

    public Precision precision() {
        return precision;
    }

    /** The threads of the CPU; empty for what {@link Builder#threads} says. */
    public OptionalInt threads() {
        return threads;
    }

    public int batch() {
        return batch;
    }

    public int largestTimeSteps() {
        return largestTimeSteps;
    }

    public Input input() {
        return input;
    }

    public boolean rates() {
        return rates;
    }

    public boolean trace() {
        return trace;
    }

    public SessionOptions withDevice(Device.Request other) {
        return toBuilder().device(other).build();
    }

    public SessionOptions withPrecision(Precision other) {
        return toBuilder().precision(other).build();
    }

    /** @throws IllegalArgumentException if it is below 1 */
    public SessionOptions withThreads(int other) {
        return toBuilder().threads(other).build();
    }

    public SessionOptions withBatch(int other) {
        return toBuilder().batch(other).build();
    }

    public SessionOptions withLargestTimeSteps(int other) {
        return toBuilder().largestTimeSteps(other).build();
    }

    public SessionOptions withInput(Input other) {
        return toBuilder().input(other).build();
    }

    public SessionOptions withRates() {
        return toBuilder().rates(true).build();
    }

    public SessionOptions withTrace() {
        return toBuilder().trace(true).build();
    }

    /** Returns whether all settings are the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SessionOptions options && toString().equals(options.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return "device " + device + ", precision " + precision + ", threads "
                + (threads.isPresent() ? threads.getAsInt() : "by default") + ", batch " + batch + ", T up to "
                + largestTimeSteps + ", input " + input + (rates ? ", rates" : "") + (trace ? ", trace" : "");
    }
}
