package org.ambispike.backend.cuda;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeBuffer;
import org.bytedeco.javacpp.BytePointer;

/** Device memory, or a view of part of it. */
final class CudaBuffer extends NativeBuffer {
    CudaBuffer(NativeBlock block) {
        super(block);
    }

    private CudaBuffer(String label, NativeBlock block, BytePointer address, long bytes) {
        super(label, block, address, bytes);
    }

    @Override
    protected NativeBuffer view(String label, NativeBlock block, BytePointer start, long bytes) {
        return new CudaBuffer(label, block, start, bytes);
    }

    /** The CUDA buffer behind an argument that must be given. */
    static CudaBuffer of(DeviceBuffer buffer) {
        if (buffer instanceof CudaBuffer own) {
            return own;
        }
        throw new IllegalArgumentException("buffer '" + buffer.label() + "' does not belong to the CUDA backend");
    }
}
