package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * Images in memory. The array is shared, not copied.
 *
 * @param shape [H, W, C] of one image
 * @param values [N, H, W, C], unsigned bytes
 */
record StoredPixels(Shape shape, byte[] values) implements PixelSource {
    @Override
    public int size() {
        return Math.toIntExact(values.length / shape.elements());
    }

    @Override
    public void copy(int index, byte[] target) {
        int length = length();
        System.arraycopy(values, index * length, target, 0, length);
    }

    /** Returns the images at these places, in this order. */
    StoredPixels select(int[] places) {
        int length = length();
        byte[] chosen = new byte[Math.multiplyExact(places.length, length)];
        for (int place = 0; place < places.length; place++) {
            System.arraycopy(values, places[place] * length, chosen, place * length, length);
        }
        return new StoredPixels(shape, chosen);
    }

    private int length() {
        return Math.toIntExact(shape.elements());
    }
}
