package org.ambispike.backend;

/**
 * A copy of blocks of bytes from one array to another. Blocks are counted along three extents. Where the blocks along the first
 * extent have one place in the source, each is copied several times; where they have one in the target, they are summed there, as
 * f32.
 *
 * @param block bytes of a block
 * @param fromFirst where the first block begins in the source, in bytes
 * @param toFirst where the first block begins in the target, in bytes
 */
public record BlockCopy(Extent first, Extent second, Extent third, long block, long fromFirst, long toFirst) {
    /**
     * Blocks along one extent.
     *
     * @param count how many, at least 1
     * @param from bytes from one to the next in the source, at least 0
     * @param to bytes from one to the next in the target, at least 0
     */
    public record Extent(long count, long from, long to) {
        /** A single block. */
        public static final Extent ONE = new Extent(1, 0, 0);

        private Extent transposed() {
            return new Extent(count, to, from);
        }
    }

    /** Returns the copy back, which is the adjoint. */
    public BlockCopy transposed() {
        return new BlockCopy(first.transposed(), second.transposed(), third.transposed(), block, toFirst, fromFirst);
    }
}
