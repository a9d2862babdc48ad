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

    /** Returns the images at these places, in this order. */
    PixelSource select(int[] places);
}
