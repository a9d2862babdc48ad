package org.ambispike.graph;

/**
 * The geometry of a square-kernel convolution over one image, NHWC; weights are [outChannels, kernel, kernel,
 * inChannels].
 *
 * @param height input rows
 * @param width input columns
 * @param inChannels input channels
 * @param outChannels output channels
 * @param kernel rows and columns of the kernel
 * @param stride in both directions
 * @param padding zeros on each side
 */
public record ConvGeometry(
        int height, int width, int inChannels, int outChannels, int kernel, int stride, int padding) {
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
        return Shape.of(outChannels, kernel, kernel, inChannels);
    }

    /** Multiply-accumulate operations for one image. */
    public long multiplyAccumulates() {
        return outputShape().elements() * kernel * kernel * inChannels;
    }
}
