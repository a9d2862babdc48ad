package org.ambispike.backend;

import org.ambispike.common.BackendException;

/**
 * The memory of a device. Copies from the host do not wait, those to the host wait for all that was asked for before. Used by
 * the backend's thread.
 */
public interface DeviceMemory {
    /**
     * Allocates a zeroed buffer, which the caller closes.
     *
     * @throws BackendException naming the buffer, its size and what is free, if the device has no room
     */
    DeviceBuffer allocate(String label, long bytes);

    /** Returns the bytes that are allocated and not yet closed. */
    long liveBytes();

    /** Returns how often {@link #allocate} was called; must not grow after the first step. */
    long allocations();

    /** Returns the bytes that a new allocation may take without harm. */
    long availableBytes();

    /** As many sums for each channel as any kernel needs, but for gradients of neurons with gains by step. */
    int SUMS = 8;

    /**
     * Returns the bytes of scratch that one call of a kernel needs.
     *
     * @param channels of the layer; 1 for what has none, and for norms the number of tensors
     * @param sums that the kernel makes for each channel
     */
    long scratchBytes(int channels, int sums);

    /** Copies elements [offset, offset + count) of an array to the start of a buffer. */
    void upload(float[] source, int offset, int count, DeviceBuffer target);

    /** Copies elements [offset, offset + count) of an array to the start of a buffer, as 32-bit integers. */
    void upload(int[] source, int offset, int count, DeviceBuffer target);

    /** Copies a whole array to the start of a buffer. */
    void upload(double[] source, DeviceBuffer target);

    /** Copies elements [offset, offset + count) of an array to the start of a buffer, as bytes. */
    void upload(byte[] source, int offset, int count, DeviceBuffer target);

    /** Copies the start of a buffer to elements [offset, offset + count) of an array. */
    void download(DeviceBuffer source, float[] target, int offset, int count);

    /** Fills a whole array from the start of a buffer. */
    void download(DeviceBuffer source, double[] target);

    /** Fills a whole array from the start of a buffer of 64-bit integers. */
    void download(DeviceBuffer source, long[] target);

    /** Copies the start of a buffer of bytes to elements [offset, offset + count) of an array. */
    void download(DeviceBuffer source, byte[] target, int offset, int count);

    /** Sets all floats of a buffer. */
    void fill(DeviceBuffer x, double value);

    /** Copies all floats of a buffer to the start of another one of the same device. */
    void copy(DeviceBuffer source, DeviceBuffer target);
}
