package org.ambispike.backend;

import java.util.List;
import java.util.Optional;
import org.ambispike.common.OpenDevice;
import org.ambispike.common.Precision;

/**
 * A device that runs networks: what it is, its memory, and its kernels by the role they play. Used by one thread; its buffers
 * belong to it alone. Shapes are checked by the caller (the executor), not here. All arrays are dense f32, channels innermost,
 * unless said. Optional arguments may be {@link DeviceBuffer#absent()}.
 */
public interface Backend extends OpenDevice {
    /**
     * The most images that one of the {@link #split} backends should take at once: of more, what a layer leaves no longer lies
     * in the caches when the next one comes.
     */
    int PART_BATCH = 16;

    /** The most threads that the CPU's kernels take. */
    int MOST_THREADS = 256;

    /** Returns what computes on a device that is open. */
    static Backend of(OpenDevice device) {
        if (device instanceof Backend backend) {
            return backend;
        }
        throw new IllegalArgumentException("not opened by Device.open: " + device);
    }

    /** Returns how many backends {@link #split} gives. */
    default int parts() {
        return 0;
    }

    /**
     * Opens backends of one thread each that together have the threads of this one, for work that falls into independent parts.
     * The caller closes them and calls each from a thread of its own. They read this one's buffers, but do not write them.
     *
     * @return none where there is one thread, or the device itself spreads work over all that it has
     */
    default List<Backend> split() {
        return List.of();
    }

    /** Returns the device's memory: buffers, copies, fills. */
    DeviceMemory memory();

    /** Returns convolutions, matrix multiplications, pools and the arithmetic of whole arrays. */
    LinearAlgebra linear();

    /** Returns layers of spiking neurons and of activations, forward and backward. */
    NeuronKernels neurons();

    /** Returns losses, penalties, batch normalisation and dropout. */
    TrainingKernels training();

    /** Returns the updates of parameters. */
    OptimizerKernels optimizer();

    /** Returns inference on spikes stored as bytes: there where the precision is {@link Precision#INT8}. */
    default Optional<Int8Operations> int8() {
        return Optional.empty();
    }

    /** Returns inference on values stored in bfloat16: there where that spares conversions. */
    default Optional<Bf16Operations> bf16() {
        return Optional.empty();
    }

    /**
     * Captures work that will be asked for many times, when it is run. It must not wait for the device, copy from or to the host,
     * or allocate, and effects of it on the host happen at some runs only. A captured graph that is run within other captured
     * work is a part of that.
     *
     * @param label for messages
     * @param buffers that the work uses; {@link CapturedGraph#run} refuses once one of them was closed
     * @param work calls on this backend, the same at every run; called for the first runs only, where a graph serves the others
     */
    default CapturedGraph capture(String label, List<DeviceBuffer> buffers, Runnable work) {
        return new CapturedGraph(label, work);
    }

    /** Waits until all that was asked for is done. */
    void synchronize();
}
