package org.ambispike.exec;

/**
 * What an executor is planned for.
 *
 * @param batch images at once, at least 1
 * @param timeSteps T; 1 for an ANN
 * @param training keep what the backward pass needs; dropout is active
 * @param rates keep the firing rate (of an ANN: the activation) of every neuron layer for the caller
 * @param rateGradients add a gradient of the rates, written by the caller, in the backward pass
 * @param counts count spikes by step
 * @param smooth emit the surrogate's primitive in place of spikes; for gradient checks
 * @param streaming take one time step a pass and keep the membranes between passes
 */
public record ExecutionOptions(
        int batch,
        int timeSteps,
        boolean training,
        boolean rates,
        boolean rateGradients,
        boolean counts,
        boolean smooth,
        boolean streaming) {
    public ExecutionOptions {
        if (batch < 1 || timeSteps < 1) {
            throw new IllegalArgumentException(
                    "batch and T must be at least 1, got batch " + batch + " and T = " + timeSteps);
        }
        if (streaming && (training || timeSteps != 1)) {
            throw new IllegalArgumentException("streaming is inference, one time step a pass");
        }
    }

    /** Logits only. */
    public static ExecutionOptions inference(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, false, false, false, false, false, false);
    }

    /** Logits of a spiking network after each step of as many as the caller wants. */
    public static ExecutionOptions streaming(int batch) {
        return new ExecutionOptions(batch, 1, false, false, false, false, false, true);
    }

    public static ExecutionOptions training(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, true, false, false, false, false, false);
    }

    public ExecutionOptions withRates() {
        return new ExecutionOptions(batch, timeSteps, training, true, rateGradients, counts, smooth, streaming);
    }

    public ExecutionOptions withRateGradients() {
        return new ExecutionOptions(batch, timeSteps, training, true, true, counts, smooth, streaming);
    }

    public ExecutionOptions withCounts() {
        return new ExecutionOptions(batch, timeSteps, training, rates, rateGradients, true, smooth, streaming);
    }

    public ExecutionOptions withSmoothSpikes() {
        return new ExecutionOptions(batch, timeSteps, training, rates, rateGradients, counts, true, streaming);
    }
}
