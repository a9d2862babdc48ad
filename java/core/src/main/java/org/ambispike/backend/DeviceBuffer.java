package org.ambispike.backend;

/**
 * Bytes on a device, owned by one backend. A slice is a view that does not own. Not thread-safe. Every use after
 * {@link #close()} of the owner throws {@link IllegalStateException}.
 */
public interface DeviceBuffer extends AutoCloseable {
    /** What the buffer holds, for messages: for example {@code conv1.output}. */
    String label();

    long bytes();

    /** The number of 32-bit elements. */
    default long floats() {
        return bytes() / Float.BYTES;
    }

    /**
     * A view of part of this buffer.
     *
     * @param floatOffset first element, in 32-bit elements
     * @param floatCount number of 32-bit elements
     * @throws IllegalArgumentException if the part is not inside
     */
    DeviceBuffer slice(String label, long floatOffset, long floatCount);

    /** Whether this stands for an argument that is not given. */
    default boolean isAbsent() {
        return false;
    }

    /** Stands for an optional argument that is not given; a kernel sees a null address. */
    static DeviceBuffer absent() {
        return AbsentBuffer.INSTANCE;
    }

    @Override
    void close();
}
