package org.ambispike.graph;

/**
 * The geometry of max pooling over one image, NHWC; what a window holds beyond the map counts as minus infinity.
 *
 * @param channels channels, unchanged
 * @param down windows along the rows
 * @param across windows along the columns
 */
public record MaxPoolGeometry(int channels, Axis down, Axis across) {
    /** The most places of a window. */
    public static final int MOST_PLACES = 256;

    /**
     * Windows along one axis. Each must hold a place of the map; the last ones may reach over its end, as with padding there
     * or where sizes are rounded up.
     *
     * @param extent places of the map
     * @param kernel places of a window
     * @param stride places from one window to the next
     * @param padding how far before the map the first window begins
     * @param windows how many there are, the extent of the result
     */
    public record Axis(int extent, int kernel, int stride, int padding, int windows) {
        public Axis {
            if (extent < 1 || kernel < 1 || stride < 1 || padding < 0 || windows < 1) {
                throw new IllegalArgumentException("max pooling extents must be positive: " + windows + " windows of "
                        + kernel + " over " + extent + ", stride " + stride + ", padding " + padding);
            }
            if (padding >= kernel || (windows - 1L) * stride - padding >= extent) {
                throw new IllegalArgumentException("a window of a max pool holds no place of the map: " + windows
                        + " windows of " + kernel + " over " + extent + ", stride " + stride + ", padding " + padding);
            }
        }
    }

    public MaxPoolGeometry {
        if (channels < 1 || (long) down.kernel * across.kernel > MOST_PLACES) {
            throw new IllegalArgumentException("a max pool needs channels and windows of at most " + MOST_PLACES
                    + " places, got " + channels + " channels and windows of " + down.kernel + "x" + across.kernel);
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
                new Axis(height, kernel, stride, padding, (height + 2 * padding - kernel) / stride + 1),
                new Axis(width, kernel, stride, padding, (width + 2 * padding - kernel) / stride + 1));
    }

    public Shape inputShape() {
        return Shape.of(down.extent, across.extent, channels);
    }

    public Shape outputShape() {
        return Shape.of(down.windows, across.windows, channels);
    }
}
