package org.ambispike.backend;

import org.bytedeco.javacpp.BytePointer;

/** One allocation outside the Java heap, on the host or on a device. Used by one thread. */
public abstract class NativeBlock {
    private final NativeMemory memory;
    private final String label;
    private final long bytes;
    private final BytePointer address;
    private boolean open = true;

    /** @param address of the first byte */
    protected NativeBlock(NativeMemory memory, String label, long bytes, BytePointer address) {
        this.memory = memory;
        this.label = label;
        this.bytes = bytes;
        this.address = address;
    }

    final String label() {
        return label;
    }

    final long bytes() {
        return bytes;
    }

    final BytePointer address() {
        return address;
    }

    final void requireOpen(String viewLabel) {
        if (!open) {
            throw new IllegalStateException("buffer '" + viewLabel + "' is used after it was closed");
        }
    }

    final void free() {
        if (open) {
            open = false;
            release();
            memory.freed(this);
        }
    }

    /** Gives the memory back; called once, and must not throw. */
    protected abstract void release();
}
