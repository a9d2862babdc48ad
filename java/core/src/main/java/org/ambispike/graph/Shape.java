package org.ambispike.graph;

import java.util.Arrays;

/** The extents of a dense row-major array; every extent is at least 1. Immutable and thread-safe. */
public final class Shape {
    private final int[] extents;

    private Shape(int[] extents) {
        this.extents = extents;
    }

    /**
     * A shape with the given extents, outermost first.
     *
     * @throws IllegalArgumentException if there are none, or one is below 1
     */
    public static Shape of(int... extents) {
        if (extents.length == 0) {
            throw new IllegalArgumentException("a shape needs at least one extent");
        }
        for (int extent : extents) {
            if (extent < 1) {
                throw new IllegalArgumentException("extents must be positive, got " + Arrays.toString(extents));
            }
        }
        return new Shape(extents.clone());
    }

    public int rank() {
        return extents.length;
    }

    /** The extent of one axis; negative axes count from the innermost, -1 being the channels. */
    public int extent(int axis) {
        return extents[axis < 0 ? axis + extents.length : axis];
    }

    /** The number of elements. */
    public long elements() {
        long product = 1;
        for (int extent : extents) {
            product = Math.multiplyExact(product, extent);
        }
        return product;
    }

    public int[] toArray() {
        return extents.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    @Override
    public String toString() {
        return Arrays.toString(extents);
    }
}
