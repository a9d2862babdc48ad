package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * An image as pixels.
 *
 * @param shape [H, W, C]: C is 1 for grey, 3 for red, green, blue
 * @param values row-major, unsigned bytes; the array itself
 * @param laidOverWhite whether the image was transparent in places, which now show white
 */
public record DecodedImage(Shape shape, byte[] values, boolean laidOverWhite) {}
