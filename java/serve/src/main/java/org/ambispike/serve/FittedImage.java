package org.ambispike.serve;

import java.util.List;
import org.ambispike.graph.Shape;

/**
 * An image that was made to fit the network's input.
 *
 * @param shape [H, W, C] of the network
 * @param pixels row-major, 0 to 255; the array itself
 * @param changes what was done to it, in order and in words
 */
record FittedImage(Shape shape, float[] pixels, List<String> changes) {}
