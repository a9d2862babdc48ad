package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * What a network is to get, in memory: normalised images, or values that are none. The array is shared, not copied.
 *
 * @param shape [H, W, C] of one image
 * @param values [N, H, W, C]
 */
record StoredValues(Shape shape, float[] values) implements PixelSource {
    @Override
    public int size() {
        return Math.toIntExact(values.length / shape.elements());
    }

    @Override
    public boolean bytes() {
        return false;
    }

    @Override
    public void copy(int index, byte[] target) {
        throw new IllegalStateException("the network's own input has no pixels");
    }

    @Override
    public void copy(int index, float[] target, int offset) {
        System.arraycopy(values, index * length(), target, offset, length());
    }

    private int length() {
        return Math.toIntExact(shape.elements());
    }
}
