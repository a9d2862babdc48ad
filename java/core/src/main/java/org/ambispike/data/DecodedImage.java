package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * An image as pixels.
 *
 * @param shape [H, W, C]: C is 1 for grey, 3 for red, green, blue
 * @param values row-major, unsigned bytes; the array itself
 */
public record DecodedImage(Shape shape, byte[] values) {
    int height() {
        return shape.extent(0);
    }

    int width() {
        return shape.extent(1);
    }

    int channels() {
        return shape.extent(2);
    }
}
