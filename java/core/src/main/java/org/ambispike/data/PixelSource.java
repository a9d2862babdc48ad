package org.ambispike.data;

import org.ambispike.graph.Shape;

/** Where the pixels of a data set are: in memory, or in files that are decoded when they are asked for. Thread-safe. */
interface PixelSource {
    /** Returns [H, W, C] of one image. */
    Shape shape();

    /** Returns how many images there are. */
    int size();

    /**
     * Copies image {@code index} into the first {@code H W C} bytes of {@code target}.
     *
     * @throws org.ambispike.common.InputException naming the file, if it cannot be read or is not like the others
     */
    void copy(int index, byte[] target);

    /** Whether images are bytes; else they are the network's own input, of which {@link #copy(int, float[], int)} copies. */
    default boolean bytes() {
        return true;
    }

    /**
     * Copies what the network is to get of image {@code index} to {@code target}, from {@code offset} on.
     *
     * @throws IllegalStateException if images are bytes
     */
    default void copy(int index, float[] target, int offset) {
        throw new IllegalStateException("images of bytes are normalised first");
    }
}
