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
 * @param trace keep what each neuron layer of a streaming executor emitted in the last step for the caller
 */
public record ExecutionOptions(
        int batch,
        int timeSteps,
        boolean training,
        boolean rates,
        boolean rateGradients,
        boolean counts,
        boolean smooth,
        boolean streaming,
        boolean trace) {
    public ExecutionOptions {
        if (batch < 1 || timeSteps < 1) {
            throw new IllegalArgumentException(
                    "batch and T must be at least 1, got batch " + batch + " and T = " + timeSteps);
        }
        if (streaming && (training || timeSteps != 1)) {
            throw new IllegalArgumentException("streaming is inference, one time step a pass");
        }
        if (trace && !streaming) {
            throw new IllegalArgumentException("a trace is of a streaming executor");
        }
    }

    /** Logits only. */
    public static ExecutionOptions inference(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, false, false, false, false, false, false, false);
    }

    /** Logits of a spiking network after each step of as many as the caller wants. */
    public static ExecutionOptions streaming(int batch) {
        return new ExecutionOptions(batch, 1, false, false, false, false, false, true, false);
    }

    public static ExecutionOptions training(int batch, int timeSteps) {
        return new ExecutionOptions(batch, timeSteps, true, false, false, false, false, false, false);
    }

    public ExecutionOptions withRates() {
        return new ExecutionOptions(batch, timeSteps, training, true, rateGradients, counts, smooth, streaming, trace);
    }

    public ExecutionOptions withRateGradients() {
        return new ExecutionOptions(batch, timeSteps, training, true, true, counts, smooth, streaming, trace);
    }

    public ExecutionOptions withCounts() {
        return new ExecutionOptions(batch, timeSteps, training, rates, rateGradients, true, smooth, streaming, trace);
    }

    public ExecutionOptions withSmoothSpikes() {
        return new ExecutionOptions(batch, timeSteps, training, rates, rateGradients, counts, true, streaming, trace);
    }

    public ExecutionOptions withTrace() {
        return new ExecutionOptions(batch, timeSteps, training, rates, rateGradients, counts, smooth, streaming, true);
    }
}
