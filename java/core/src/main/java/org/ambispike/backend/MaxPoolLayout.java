package org.ambispike.backend;

import org.ambispike.graph.MaxPoolGeometry;

/**
 * A planned max pool through time.
 *
 * @param images at each step, at least 1
 * @param steps T, at least 1; 1 for an ANN
 * @param constantDrive the drive is [images, H, W, C] and the same at every step
 */
public record MaxPoolLayout(MaxPoolGeometry geometry, int images, int steps, boolean constantDrive) {
    public MaxPoolLayout {
        if (images < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "a max pool needs images and T of at least 1, got " + images + " images and T=" + steps);
        }
    }
}
