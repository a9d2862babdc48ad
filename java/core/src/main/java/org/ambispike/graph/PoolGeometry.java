package org.ambispike.graph;

/**
 * The geometry of average pooling over one image, NHWC, without padding; rows and columns that do not fill a window
 * are dropped.
 *
 * @param height input rows
 * @param width input columns
 * @param channels channels, unchanged
 * @param kernel rows and columns of a window
 * @param stride in both directions
 */
public record PoolGeometry(int height, int width, int channels, int kernel, int stride) {
    public PoolGeometry {
        if (height < 1 || width < 1 || channels < 1 || kernel < 1 || stride < 1) {
            throw new IllegalArgumentException("pooling extents must be positive: " + height + "x" + width + "x"
                    + channels + ", kernel " + kernel + ", stride " + stride);
        }
        if (height < kernel || width < kernel) {
            throw new IllegalArgumentException("a window of " + kernel + " does not fit into " + height + "x" + width);
        }
    }

    public int outHeight() {
        return (height - kernel) / stride + 1;
    }

    public int outWidth() {
        return (width - kernel) / stride + 1;
    }

    public Shape inputShape() {
        return Shape.of(height, width, channels);
    }

    public Shape outputShape() {
        return Shape.of(outHeight(), outWidth(), channels);
    }
}
