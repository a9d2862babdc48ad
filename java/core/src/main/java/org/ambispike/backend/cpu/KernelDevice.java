package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBuffer;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A device as those who call its kernels see it: their table, the stream that calls run in, its buffers, and what the codes of
 * its kernels mean. Used by one thread.
 */
public abstract class KernelDevice {
    private final String name;
    private final KernelTable kernels;

    /** @param name for messages: for example {@code CPU} */
    protected KernelDevice(String name, KernelTable kernels) {
        this.name = name;
        this.kernels = kernels;
    }

    /** Returns the device's kernels. */
    public final KernelTable kernels() {
        return kernels;
    }

    /** Makes the device ready for a call, and returns the last argument of it; null on a device without streams. */
    public abstract Pointer stream();

    /**
     * Returns the device's own buffer behind an argument that must be given.
     *
     * @throws IllegalArgumentException if it belongs to another device
     */
    public abstract NativeBuffer own(DeviceBuffer buffer);

    /** Says what a code means. */
    protected abstract String text(int code);

    /**
     * Turns the code of a call into an exception.
     *
     * @throws BackendException naming the operation, if it failed
     */
    public final void check(String operation, int code) {
        if (code != Kernels.AMBI_OK) {
            throw new BackendException(
                    operation + " failed on the " + name + ": " + text(code) + " (code " + code + ")");
        }
    }

    /** Returns the bytes of scratch for so many sums for each channel. */
    public final long scratchBytes(int channels, int sums) {
        stream();
        return kernels.scratch_floats(channels, sums) * Float.BYTES;
    }

    /** Returns the argument of a kernel: null, which native code sees as a null address, where the buffer is absent. */
    public final FloatPointer floats(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : own(buffer).floatPointer();
    }

    /** Returns the same argument as bytes. */
    public final BytePointer bytes(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : own(buffer).bytePointer();
    }

    /** Returns the same argument as 32-bit integers. */
    public final IntPointer ints(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : own(buffer).intPointer();
    }

    /** Returns the same argument as 64-bit integers. */
    public final LongPointer longs(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : own(buffer).longPointer();
    }

    /** Returns the same argument as doubles. */
    public final DoublePointer doubles(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : own(buffer).doublePointer();
    }
}
