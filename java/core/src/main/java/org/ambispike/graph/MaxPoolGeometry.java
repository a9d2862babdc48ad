package org.ambispike.graph;

/**
 * The geometry of max pooling over one image, NHWC; what a window holds beyond the map counts as minus infinity.
 *
 * @param channels channels, unchanged
 * @param down windows along the rows
 * @param across windows along the columns
 */
public record MaxPoolGeometry(int channels, WindowAxis down, WindowAxis across) {
    /** The most places of a window. */
    public static final int MOST_PLACES = 256;

    public MaxPoolGeometry {
        requirePlaces(down);
        requirePlaces(across);
        if (channels < 1 || (long) down.kernel() * across.kernel() > MOST_PLACES) {
            throw new IllegalArgumentException("a max pool needs channels and windows of at most " + MOST_PLACES
                    + " places, got " + channels + " channels and windows of " + down.kernel() + "x" + across.kernel());
        }
    }

    /** Each window must hold a place of the map. */
    private static void requirePlaces(WindowAxis axis) {
        if (axis.dilation() != 1) {
            throw new IllegalArgumentException(
                    "the windows of a max pool are dilated by " + axis.dilation() + "; only 1 is known");
        }
        if (axis.padding() >= axis.kernel()
                || (axis.windows() - 1L) * axis.stride() - axis.padding() >= axis.extent()) {
            throw new IllegalArgumentException("a window of a max pool holds no place of the map: " + axis);
        }
    }

    /**
     * Makes square windows with the same padding on each side; rows and columns that do not fill one are dropped.
     *
     * @param kernel rows and columns of a window
     * @param stride in both directions
     */
    public static MaxPoolGeometry square(int height, int width, int channels, int kernel, int stride, int padding) {
        return new MaxPoolGeometry(
                channels,
                WindowAxis.padded(height, kernel, stride, 1, padding, padding),
                WindowAxis.padded(width, kernel, stride, 1, padding, padding));
    }

    public Shape inputShape() {
        return Shape.of(down.extent(), across.extent(), channels);
    }

    public Shape outputShape() {
        return Shape.of(down.windows(), across.windows(), channels);
    }
}
