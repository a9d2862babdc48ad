package org.ambispike.graph;

/**
 * The geometry of a convolution over one image, NHWC; weights are [outChannels, kernel rows, kernel columns, inChannels /
 * groups]. Outputs of group g read the input channels of group g alone: with as many groups as input channels the
 * convolution is depthwise. A signal of one dimension is an image of one row. Along each axis there are as many windows as
 * fit into the padded map: fewer places than a stride may stay unread.
 *
 * @param inChannels input channels
 * @param outChannels output channels
 * @param groups parts of equal size that both kinds of channels are divided into; 1 for an ordinary convolution
 * @param down windows along the rows; padding holds zeros
 * @param across windows along the columns
 */
public record ConvGeometry(int inChannels, int outChannels, int groups, WindowAxis down, WindowAxis across) {
    public ConvGeometry {
        if (inChannels < 1 || outChannels < 1) {
            throw new IllegalArgumentException("a convolution has channels, got " + inChannels + " -> " + outChannels);
        }
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0) {
            throw new IllegalArgumentException("the groups of a convolution must divide its " + inChannels
                    + " input and " + outChannels + " output channels, got " + groups);
        }
        requireAllWindows(down);
        requireAllWindows(across);
    }

    /** What is to be left out at the end is cropped before the convolution, or behind it. */
    private static void requireAllWindows(WindowAxis axis) {
        if (axis.paddingAfter() <= -axis.stride()) {
            throw new IllegalArgumentException("a convolution has all windows that fit: " + axis + " leaves "
                    + -axis.paddingAfter() + " places unread, enough for another");
        }
    }

    /**
     * Makes a convolution of square kernels with the same padding on each side.
     *
     * @param kernel rows and columns of the kernel
     * @param stride in both directions
     * @param padding zeros on each side
     */
    public ConvGeometry(
            int height, int width, int inChannels, int outChannels, int kernel, int stride, int padding, int groups) {
        this(
                inChannels,
                outChannels,
                groups,
                WindowAxis.padded(height, kernel, stride, 1, padding, padding),
                WindowAxis.padded(width, kernel, stride, 1, padding, padding));
    }

    /** Makes the same of one group. */
    public ConvGeometry(int height, int width, int inChannels, int outChannels, int kernel, int stride, int padding) {
        this(height, width, inChannels, outChannels, kernel, stride, padding, 1);
    }

    /** Returns the number of input channels that an output reads. */
    public int groupInputs() {
        return inChannels / groups;
    }

    /** Returns the number of outputs that read the same input channels. */
    public int groupOutputs() {
        return outChannels / groups;
    }

    public int height() {
        return down.extent();
    }

    public int width() {
        return across.extent();
    }

    public int outHeight() {
        return down.windows();
    }

    public int outWidth() {
        return across.windows();
    }

    public Shape inputShape() {
        return Shape.of(height(), width(), inChannels);
    }

    public Shape outputShape() {
        return Shape.of(outHeight(), outWidth(), outChannels);
    }

    public Shape weightShape() {
        return Shape.of(outChannels, down.kernel(), across.kernel(), groupInputs());
    }

    /** Multiply-accumulate operations for one image. */
    public long multiplyAccumulates() {
        return outputShape().elements() * down.kernel() * across.kernel() * groupInputs();
    }

    /** Returns whether a window reaches over an edge of the map. */
    public boolean isPadded() {
        return down.padding() > 0 || down.paddingAfter() > 0 || across.padding() > 0 || across.paddingAfter() > 0;
    }
}
