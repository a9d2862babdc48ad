package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * Images of another source, changed each time they are asked for.
 *
 * @param shape [H, W, C] of every changed image
 */
record TransformedPixels(Shape shape, PixelSource source, ImageTransform transform) implements PixelSource {
    static TransformedPixels of(PixelSource source, ImageTransform transform) {
        return new TransformedPixels(transformed(source, 0, transform).shape(), source, transform);
    }

    private static DecodedImage transformed(PixelSource source, int index, ImageTransform transform) {
        byte[] values = new byte[Math.toIntExact(source.shape().elements())];
        source.copy(index, values);
        return transform.apply(new DecodedImage(source.shape(), values));
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public void copy(int index, byte[] target) {
        byte[] values = transformed(source, index, transform).values();
        System.arraycopy(values, 0, target, 0, values.length);
    }
}
