package org.ambispike;

import java.util.OptionalInt;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ImageStage;

/**
 * What a session is opened for. A value; thread-safe.
 *
 * @param device where to compute
 * @param precision of convolutions and matrix products; membranes are always 32-bit floats. INT8 is the CPU's, and about
 *     three times as fast as F32
 * @param threads of the CPU backend, at least 1; empty for all processors, in a {@link SessionPool} and an {@link AnnSession} for one
 * @param batch the most images of one call; memory is taken for the batches that come, not for this
 * @param largestTimeSteps the largest T of one call, at most 1024
 * @param input what the values of an image mean
 * @param rates whether {@link SpikingSession#rates} is wanted; costs about a tenth of the speed for large batches, and
 *     half of it for single images
 * @param trace whether {@link SpikingSession#emitted} and {@link SpikingSession#spikes} are wanted after a step; costs memory,
 *     since what the layers emitted is kept
 */
public record SessionOptions(
        Device.Request device,
        Precision precision,
        OptionalInt threads,
        int batch,
        int largestTimeSteps,
        Input input,
        boolean rates,
        boolean trace) {
    /** What the values of an image mean. */
    public enum Input {
        /** Pixels from 0 to 255, which the session normalises as the model says. */
        PIXELS,
        /** What the network itself takes: (pixel / 255 - mean) / deviation, by channel. */
        NORMALISED
    }

    public SessionOptions {
        require("the number of threads", threads.orElse(1), Backend.MOST_THREADS);
        require("the batch", batch, 1 << 20);
        require("the largest T", largestTimeSteps, ExecutionOptions.MOST_TIME_STEPS);
    }

    private static void require(String what, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(what + " must be from 1 to " + most + ", got " + value);
        }
    }

    /** Pixels, up to 128 images and 32 time steps a call, f32 on the device that there is, without rates and traces. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                Device.Request.AUTO, Precision.F32, OptionalInt.empty(), 128, 32, Input.PIXELS, false, false);
    }

    /** Makes the place where images of a model are checked and normalised. */
    ImageStage stage(SavedModel model) {
        return new ImageStage(model.graph().inputShape(), model.info().normalisation(), batch, input == Input.PIXELS);
    }

    public SessionOptions withDevice(Device.Request other) {
        return new SessionOptions(other, precision, threads, batch, largestTimeSteps, input, rates, trace);
    }

    public SessionOptions withPrecision(Precision other) {
        return new SessionOptions(device, other, threads, batch, largestTimeSteps, input, rates, trace);
    }

    /** @throws IllegalArgumentException if it is below 1 */
    public SessionOptions withThreads(int other) {
        return new SessionOptions(
                device, precision, OptionalInt.of(other), batch, largestTimeSteps, input, rates, trace);
    }

    public SessionOptions withBatch(int other) {
        return new SessionOptions(device, precision, threads, other, largestTimeSteps, input, rates, trace);
    }

    public SessionOptions withLargestTimeSteps(int other) {
        return new SessionOptions(device, precision, threads, batch, other, input, rates, trace);
    }

    public SessionOptions withInput(Input other) {
        return new SessionOptions(device, precision, threads, batch, largestTimeSteps, other, rates, trace);
    }

    public SessionOptions withRates() {
        return new SessionOptions(device, precision, threads, batch, largestTimeSteps, input, true, trace);
    }

    public SessionOptions withTrace() {
        return new SessionOptions(device, precision, threads, batch, largestTimeSteps, input, rates, true);
    }
}
