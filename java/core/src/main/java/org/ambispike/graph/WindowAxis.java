package org.ambispike.graph;

/**
 * The windows of a convolution or pool along one axis. The first begins {@code padding} places before the map; what the last
 * ones reach beyond its end is padding too, or nothing where they do not reach it.
 *
 * @param extent places of the map
 * @param kernel places of a window
 * @param stride places from one window to the next
 * @param dilation places from one place of a window to its next
 * @param padding places before the map
 * @param windows how many there are, the extent of the result
 */
public record WindowAxis(int extent, int kernel, int stride, int dilation, int padding, int windows) {
    private static final int MOST_PLACES = 1 << 24;
    private static final int MOST_OF_WINDOW = 1 << 15;
    private static final int MOST_OF_PADDING = 1 << 30;

    public WindowAxis {
        if (!within(extent, MOST_PLACES) || !within(windows, MOST_PLACES)) {
            throw new IllegalArgumentException(
                    "extents and windows are 1 to " + MOST_PLACES + ", got " + windows + " windows over " + extent);
        }
        if (!within(kernel, MOST_OF_WINDOW)
                || !within(stride, MOST_OF_WINDOW)
                || !within(dilation, MOST_OF_WINDOW)
                || padding < 0
                || padding > MOST_OF_WINDOW) {
            throw new IllegalArgumentException("kernel, stride, dilation and padding are at most " + MOST_OF_WINDOW
                    + ", and but for padding at least 1; got kernel " + kernel + ", stride " + stride + ", dilation "
                    + dilation + ", padding " + padding);
        }
        long after = (windows - 1L) * stride + reach(kernel, dilation) - extent - padding;
        if (after > MOST_OF_PADDING) {
            throw new IllegalArgumentException(
                    "windows reach at most " + MOST_OF_PADDING + " places beyond the map, got " + after);
        }
    }

    private static boolean within(int value, int most) {
        return value >= 1 && value <= most;
    }

    /**
     * Makes as many windows as fit into a padded map; places at the end that do not fill one are not read.
     *
     * @param before padding before the map
     * @param after padding behind it
     * @throws IllegalArgumentException if none fits
     */
    public static WindowAxis padded(int extent, int kernel, int stride, int dilation, int before, int after) {
        long reach = reach(kernel, dilation);
        long room = (long) extent + before + after - reach;
        if (room < 0 || stride < 1) {
            throw new IllegalArgumentException("a kernel that reaches over " + reach + " does not fit into " + extent
                    + " padded by " + before + " and " + after + ", stride " + stride);
        }
        long windows = room / stride + 1;
        return new WindowAxis(extent, kernel, stride, dilation, before, (int) Math.min(windows, Integer.MAX_VALUE));
    }

    private static long reach(int kernel, int dilation) {
        return (kernel - 1L) * dilation + 1;
    }

    /** Returns how many places lie from the first of a window to its last, both counted. */
    public int reach() {
        return Math.toIntExact(reach(kernel, dilation));
    }

    /** Returns how many places of padding the windows reach beyond the end; negative where they leave places unread. */
    public int paddingAfter() {
        return Math.toIntExact((windows - 1L) * stride + reach() - extent - padding);
    }

    /** Returns whether as much padding behind the map as before it gives the same windows. */
    public boolean isSymmetric() {
        int less = padding - paddingAfter();
        return less >= 0 && less < stride;
    }

    /** Returns whether a place of a window, counted from its first, lies within the map. */
    public boolean isInside(int window, int tap) {
        long place = (long) window * stride - padding + (long) tap * dilation;
        return place >= 0 && place < extent;
    }

    /** Returns the first window that begins within the map or behind it, at most {@link #windows}. */
    public int firstWhole() {
        return Math.min(windows, (padding + stride - 1) / stride);
    }

    /** Returns one more than the last window that lies within the map as a whole, {@link #firstWhole} if none does. */
    public int behindLastWhole() {
        long room = (long) extent + padding - reach(kernel, dilation);
        return room < 0 ? firstWhole() : Math.max(firstWhole(), (int) Math.min(windows, room / stride + 1));
    }
}
