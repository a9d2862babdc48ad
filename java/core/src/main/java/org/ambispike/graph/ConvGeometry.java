package org.ambispike.graph;

/**
 * The geometry of a square-kernel convolution over one image, NHWC; weights are [outChannels, kernel, kernel,
 * inChannels / groups]. Outputs of group g read the input channels of group g alone: with as many groups as input
 * channels the convolution is depthwise.
 *
 * @param height input rows
 * @param width input columns
 * @param inChannels input channels
 * @param outChannels output channels
 * @param kernel rows and columns of the kernel
 * @param stride in both directions
 * @param padding zeros on each side
 * @param groups parts of equal size that both kinds of channels are divided into; 1 for an ordinary convolution
 */
public record ConvGeometry(
        int height, int width, int inChannels, int outChannels, int kernel, int stride, int padding, int groups) {
    public ConvGeometry {
        if (height < 1 || width < 1 || inChannels < 1 || outChannels < 1 || kernel < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException("convolution extents must be positive: " + height + "x" + width + "x"
                    + inChannels + " -> " + outChannels + ", kernel " + kernel + ", stride " + stride + ", padding "
                    + padding);
        }
        if (height + 2 * padding < kernel || width + 2 * padding < kernel) {
            throw new IllegalArgumentException(
                    "a kernel of " + kernel + " does not fit into " + height + "x" + width + " padded by " + padding);
        }
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0) {
            throw new IllegalArgumentException("the groups of a convolution must divide its " + inChannels
                    + " input and " + outChannels + " output channels, got " + groups);
        }
    }

    /** Makes an ordinary convolution, of one group. */
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

    public int outHeight() {
        return (height + 2 * padding - kernel) / stride + 1;
    }

    public int outWidth() {
        return (width + 2 * padding - kernel) / stride + 1;
    }

    public Shape inputShape() {
        return Shape.of(height, width, inChannels);
    }

    public Shape outputShape() {
        return Shape.of(outHeight(), outWidth(), outChannels);
    }

    public Shape weightShape() {
        return Shape.of(outChannels, kernel, kernel, groupInputs());
    }

    /** Multiply-accumulate operations for one image. */
    public long multiplyAccumulates() {
        return outputShape().elements() * kernel * kernel * groupInputs();
    }
}
