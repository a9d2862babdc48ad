package org.ambispike.backend;

import org.ambispike.backend.BlockCopy.Extent;
import org.bytedeco.javacpp.LongPointer;

/**
 * The numbers of a copy of blocks as kernels read them, in host memory that is filled anew for each call, so that calls make no
 * objects. Used by one thread.
 */
public final class BlockNumbers {
    private static final int EXTENTS = 3;
    private static final int COUNT = 12;
    private final LongPointer numbers = new LongPointer(COUNT);

    /** Returns the numbers of a copy until the next call, in the order of AMBI_COPY_COUNT and those that follow. */
    public LongPointer of(BlockCopy copy) {
        put(0, copy.first());
        put(1, copy.second());
        put(2, copy.third());
        return numbers.put(9, copy.block()).put(10, copy.fromFirst()).put(11, copy.toFirst());
    }

    private void put(int extent, Extent blocks) {
        numbers.put(extent, blocks.count()).put(EXTENTS + extent, blocks.from()).put(2 * EXTENTS + extent, blocks.to());
    }
}
