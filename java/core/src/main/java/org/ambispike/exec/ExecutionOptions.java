package org.ambispike.exec;

import java.util.EnumSet;
import java.util.Set;

/**
 * What an executor is planned for.
 *
 * @param batch images at once, at least 1
 * @param timeSteps T; 1 for an ANN
 * @param dither noise of activations that are rounded, in levels; in training alone
 */
public record ExecutionOptions(int batch, int timeSteps, Set<Feature> features, double dither) {
    /** The longest that the kernels take. */
    public static final int MOST_TIME_STEPS = 1024;

    /** What an executor does beside giving logits. */
    public enum Feature {
        /** Keep what the backward pass needs; dropout is active. */
        TRAINING,
        /** Keep the firing rate (of an ANN: the activation) of every neuron layer for the caller. */
        RATES,
        /** Add a gradient of the rates, written by the caller, in the backward pass. */
        RATE_GRADIENTS,
        /** Count spikes by step. */
        COUNTS,
        /** Emit the surrogate's primitive in place of spikes; for gradient checks. */
        SMOOTH,
        /** Take one time step a pass and keep the membranes between passes. */
        STREAMING,
        /** Keep what each neuron layer emitted for the caller: in all T steps, or in the last one of a streaming executor. */
        TRACE,
        /** Keep the drive of each neuron layer in all T steps for the caller, behind the max pool where there is one. */
        DRIVES
    }

    public ExecutionOptions {
        features = Set.copyOf(features);
        if (batch < 1 || timeSteps < 1 || timeSteps > MOST_TIME_STEPS) {
            throw new IllegalArgumentException("batch and T must be at least 1, and T at most " + MOST_TIME_STEPS
                    + "; got batch " + batch + " and T = " + timeSteps);
        }
        if (features.contains(Feature.STREAMING) && (features.contains(Feature.TRAINING) || timeSteps != 1)) {
            throw new IllegalArgumentException("streaming is inference, one time step a pass");
        }
        if (features.contains(Feature.DRIVES) && features.contains(Feature.STREAMING)) {
            throw new IllegalArgumentException(
                    "drives are kept of all T steps in one pass, not of a streaming executor");
        }
    }

    /** Without dither. */
    public ExecutionOptions(int batch, int timeSteps, Set<Feature> features) {
        this(batch, timeSteps, features, 0);
    }

    /** Logits only. */
    public static ExecutionOptions inference(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, Set.of());
    }

    /** Logits of a spiking network after each step of as many as the caller wants. */
    public static ExecutionOptions streaming(int batch) {
        return new ExecutionOptions(batch, 1, Set.of(Feature.STREAMING));
    }

    public static ExecutionOptions training(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, Set.of(Feature.TRAINING));
    }

    public ExecutionOptions withRates() {
        return with(Feature.RATES);
    }

    public ExecutionOptions withRateGradients() {
        return with(Feature.RATES, Feature.RATE_GRADIENTS);
    }

    public ExecutionOptions withCounts() {
        return with(Feature.COUNTS);
    }

    public ExecutionOptions withSmoothSpikes() {
        return with(Feature.SMOOTH);
    }

    public ExecutionOptions withTrace() {
        return with(Feature.TRACE);
    }

    public ExecutionOptions withDrives() {
        return with(Feature.DRIVES);
    }

    public ExecutionOptions withDither(double levels) {
        return new ExecutionOptions(batch, timeSteps, features, levels);
    }

    private ExecutionOptions with(Feature first, Feature... others) {
        EnumSet<Feature> all = EnumSet.of(first, others);
        all.addAll(features);
        return new ExecutionOptions(batch, timeSteps, all, dither);
    }

    public boolean training() {
        return features.contains(Feature.TRAINING);
    }

    public boolean rates() {
        return features.contains(Feature.RATES);
    }

    public boolean rateGradients() {
        return features.contains(Feature.RATE_GRADIENTS);
    }

    public boolean counts() {
        return features.contains(Feature.COUNTS);
    }

    public boolean smooth() {
        return features.contains(Feature.SMOOTH);
    }

    public boolean streaming() {
        return features.contains(Feature.STREAMING);
    }

    public boolean trace() {
        return features.contains(Feature.TRACE);
    }

    public boolean drives() {
        return features.contains(Feature.DRIVES);
    }
}
