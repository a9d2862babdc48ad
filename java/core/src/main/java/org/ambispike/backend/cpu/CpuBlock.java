package org.ambispike.backend.cpu;

import java.util.Optional;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeMemory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** One allocation on the C heap: zeroed, and aligned to a cache line and a vector register. */
final class CpuBlock extends NativeBlock {
    static final int ALIGNMENT = 64;

    private final Pointer allocation;

    private CpuBlock(NativeMemory memory, String label, long bytes, Pointer allocation) {
        super(
                memory,
                label,
                bytes,
                new BytePointer(allocation).getPointer(aligned(allocation.address()) - allocation.address()));
        this.allocation = allocation;
    }

    /** Empty where the C library has no room. */
    static Optional<NativeBlock> allocate(NativeMemory memory, String label, long bytes) {
        Pointer allocation = Pointer.calloc(1, bytes + ALIGNMENT);
        return allocation == null || allocation.isNull()
                ? Optional.empty()
                : Optional.of(new CpuBlock(memory, label, bytes, allocation));
    }

    /** The next multiple of {@link #ALIGNMENT}. */
    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    protected void release() {
        Pointer.free(allocation);
    }
}
