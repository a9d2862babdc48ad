package org.ambispike.backend.cpu;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** One allocation on the C heap: zeroed, and aligned to a cache line and a vector register. */
final class CpuBlock {
    static final int ALIGNMENT = 64;

    private final CpuMemory memory;
    private final String label;
    private final long bytes;
    private final Pointer allocation;
    private final BytePointer address;
    private boolean open = true;

    private CpuBlock(CpuMemory memory, String label, long bytes, Pointer allocation) {
        this.memory = memory;
        this.label = label;
        this.bytes = bytes;
        this.allocation = allocation;
        this.address = new BytePointer(allocation).getPointer(aligned(allocation.address()) - allocation.address());
    }

    /** @return null where the C library has no room */
    static CpuBlock allocate(CpuMemory memory, String label, long bytes) {
        Pointer allocation = Pointer.calloc(1, bytes + ALIGNMENT);
        return allocation == null || allocation.isNull() ? null : new CpuBlock(memory, label, bytes, allocation);
    }

    /** The next multiple of {@link #ALIGNMENT}. */
    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    String label() {
        return label;
    }

    long bytes() {
        return bytes;
    }

    BytePointer address() {
        return address;
    }

    void requireOpen(String viewLabel) {
        if (!open) {
            throw new IllegalStateException("buffer '" + viewLabel + "' is used after it was closed");
        }
    }

    void free() {
        if (open) {
            open = false;
            Pointer.free(allocation);
            memory.freed(this);
        }
    }
}
