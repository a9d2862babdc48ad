package org.ambispike.backend;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A block, or a view of part of it. Pointer objects are made once for each buffer: making one a call would cost more
 * than the call. They are addresses only; whether the host may follow them is for the backend to know.
 */
public abstract class NativeBuffer implements DeviceBuffer {
    private final String label;
    private final NativeBlock block;
    private final long bytes;
    private final BytePointer address;
    private final boolean owner;
    private final FloatPointer floats;
    private final IntPointer ints;
    private final LongPointer longs;
    private final DoublePointer doubles;

    /** The buffer that owns a block. */
    protected NativeBuffer(NativeBlock block) {
        this(block.label(), block, block.address(), block.bytes(), true);
    }

    /** A view that does not own. */
    protected NativeBuffer(String label, NativeBlock block, BytePointer address, long bytes) {
        this(label, block, address, bytes, false);
    }

    private NativeBuffer(String label, NativeBlock block, BytePointer address, long bytes, boolean owner) {
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

    /** A view of the same kind of buffer. */
    protected abstract NativeBuffer view(String viewLabel, NativeBlock of, BytePointer start, long byteCount);

    public final Pointer pointer() {
        block.requireOpen(label);
        return address;
    }

    public final BytePointer bytePointer() {
        block.requireOpen(label);
        return address;
    }

    public final FloatPointer floatPointer() {
        block.requireOpen(label);
        return floats;
    }

    public final IntPointer intPointer() {
        block.requireOpen(label);
        return ints;
    }

    public final LongPointer longPointer() {
        block.requireOpen(label);
        return longs;
    }

    public final DoublePointer doublePointer() {
        block.requireOpen(label);
        return doubles;
    }

    /** The address at a byte offset, for laying out several arrays in one buffer at plan time. */
    public final Pointer pointer(long byteOffset) {
        block.requireOpen(label);
        return address.getPointer(byteOffset);
    }

    /** Copies go past the kernels' checks, and past the end they would take the process with them. */
    public final void requireRoom(long byteCount) {
        if (byteCount > bytes) {
            throw new IllegalArgumentException(
                    "buffer '" + label + "' has " + bytes + " bytes, a copy of " + byteCount + " bytes does not fit");
        }
    }

    @Override
    public final String label() {
        return label;
    }

    @Override
    public final long bytes() {
        return bytes;
    }

    @Override
    public final DeviceBuffer slice(String sliceLabel, long floatOffset, long floatCount) {
        block.requireOpen(label);
        if (floatOffset < 0 || floatCount < 0 || floatOffset + floatCount > floats()) {
            throw new IllegalArgumentException("part '" + sliceLabel + "' [" + floatOffset + ", +" + floatCount
                    + ") is not inside buffer '" + label + "' of " + floats() + " floats");
        }
        BytePointer start = address.getPointer(floatOffset * Float.BYTES);
        return view(sliceLabel, block, start, floatCount * Float.BYTES);
    }

    @Override
    public final void close() {
        if (owner) {
            block.free();
        }
    }

    @Override
    public final String toString() {
        return label + " (" + bytes + " bytes)";
    }
}
