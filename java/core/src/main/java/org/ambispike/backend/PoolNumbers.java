package org.ambispike.backend;

import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.javacpp.IntPointer;

/**
 * The extents of a max pool as kernels read them, in host memory that is filled anew for each call, so that calls make no
 * objects. Used by one thread.
 */
public final class PoolNumbers {
    private static final int COUNT = 11;
    private final IntPointer numbers = new IntPointer(COUNT);

    /** Returns the numbers of a pool until the next call, in the order of AMBI_POOL_HEIGHT and those that follow. */
    public IntPointer of(MaxPoolGeometry geometry) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        return numbers.put(0, down.extent())
                .put(1, across.extent())
                .put(2, geometry.channels())
                .put(3, down.windows())
                .put(4, across.windows())
                .put(5, down.kernel())
                .put(6, across.kernel())
                .put(7, down.stride())
                .put(8, across.stride())
                .put(9, down.padding())
                .put(10, across.padding());
    }
}
