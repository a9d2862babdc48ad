package org.ambispike.io;

import org.ambispike.graph.ConvGeometry;

/** A convolution of square kernels with the same padding on each side, as files have it since their first version. */
record SquareConvolution(
        int height, int width, int inChannels, int outChannels, int kernel, int stride, int padding, int groups) {
    /** Returns this form of a convolution if it has it, else the geometry itself. */
    static Record of(ConvGeometry geometry) {
        SquareConvolution square = new SquareConvolution(
                geometry.height(),
                geometry.width(),
                geometry.inChannels(),
                geometry.outChannels(),
                geometry.down().kernel(),
                geometry.down().stride(),
                geometry.down().padding(),
                geometry.groups());
        return geometry.down().dilation() == 1
                        && square.fits()
                        && square.geometry().equals(geometry)
                ? square
                : geometry;
    }

    private boolean fits() {
        return Math.min(height, width) + 2 * padding >= kernel;
    }

    ConvGeometry geometry() {
        return new ConvGeometry(height, width, inChannels, outChannels, kernel, stride, padding, groups);
    }
}
