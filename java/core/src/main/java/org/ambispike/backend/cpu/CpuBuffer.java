package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeBuffer;
import org.bytedeco.javacpp.BytePointer;

/** Host memory, or a view of part of it. */
final class CpuBuffer extends NativeBuffer {
    CpuBuffer(NativeBlock block) {
        super(block);
    }

    private CpuBuffer(String label, NativeBlock block, BytePointer address, long bytes) {
        super(label, block, address, bytes);
    }

    @Override
    protected NativeBuffer view(String label, NativeBlock block, BytePointer start, long bytes) {
        return new CpuBuffer(label, block, start, bytes);
    }

    /** The CPU buffer behind an argument that must be given. */
    static CpuBuffer of(DeviceBuffer buffer) {
        if (buffer instanceof CpuBuffer own) {
            return own;
        }
        throw new IllegalArgumentException("buffer '" + buffer.label() + "' does not belong to the CPU backend");
    }
}
