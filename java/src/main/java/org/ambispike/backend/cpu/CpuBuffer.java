package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Host memory, or a view of part of it. Pointer objects are made once for each buffer: making one a call would cost
 * more than the call.
 */
final class CpuBuffer implements DeviceBuffer {
    private final String label;
    private final CpuBlock block;
    private final long bytes;
    private final BytePointer address;
    private final boolean owner;
    private final FloatPointer floats;
    private final IntPointer ints;
    private final LongPointer longs;
    private final DoublePointer doubles;

    private CpuBuffer(String label, CpuBlock block, BytePointer address, long bytes, boolean owner) {
        this.label = label;
        this.block = block;
        this.address = address;
        this.bytes = bytes;
        this.owner = owner;
        this.floats = new FloatPointer(address);
        this.ints = new IntPointer(address);
        this.longs = new LongPointer(address);
        this.doubles = new DoublePointer(address);
    }

    /** The buffer that owns a block. */
    static CpuBuffer owning(CpuBlock block) {
        return new CpuBuffer(block.label(), block, block.address(), block.bytes(), true);
    }

    /** The CPU buffer behind an argument that must be given. */
    static CpuBuffer of(DeviceBuffer buffer) {
        if (buffer instanceof CpuBuffer cpu) {
            return cpu;
        }
        throw new IllegalArgumentException("buffer '" + buffer.label() + "' does not belong to the CPU backend");
    }

    /** The argument of a kernel: null, which native code sees as a null address, where the buffer is absent. */
    static FloatPointer floats(DeviceBuffer buffer) {
        return buffer.isAbsent() ? null : of(buffer).floatPointer();
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

    Pointer pointer() {
        block.requireOpen(label);
        return address;
    }

    FloatPointer floatPointer() {
        block.requireOpen(label);
        return floats;
    }

    IntPointer intPointer() {
        block.requireOpen(label);
        return ints;
    }

    LongPointer longPointer() {
        block.requireOpen(label);
        return longs;
    }

    DoublePointer doublePointer() {
        block.requireOpen(label);
        return doubles;
    }

    /** The address at a byte offset, for laying out several arrays in one buffer at plan time. */
    Pointer pointer(long byteOffset) {
        block.requireOpen(label);
        return address.getPointer(byteOffset);
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public DeviceBuffer slice(String sliceLabel, long floatOffset, long floatCount) {
        block.requireOpen(label);
        if (floatOffset < 0 || floatCount < 0 || floatOffset + floatCount > floats()) {
            throw new IllegalArgumentException("part '" + sliceLabel + "' [" + floatOffset + ", +" + floatCount
                    + ") is not inside buffer '" + label + "' of " + floats() + " floats");
        }
        BytePointer start = address.getPointer(floatOffset * Float.BYTES);
        return new CpuBuffer(sliceLabel, block, start, floatCount * Float.BYTES, false);
    }

    @Override
    public void close() {
        if (owner) {
            block.free();
        }
    }

    @Override
    public String toString() {
        return label + " (" + bytes + " bytes on the CPU)";
    }
}
