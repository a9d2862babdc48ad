package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

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

    /** The argument of a kernel: null, which native code sees as a null address, where the buffer is absent. */
    static FloatPointer floats(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).floatPointer();
    }

    static BytePointer bytes(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).bytePointer();
    }

    static IntPointer ints(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).intPointer();
    }

    static LongPointer longs(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).longPointer();
    }

    static DoublePointer doubles(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).doublePointer();
    }
}
