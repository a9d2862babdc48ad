package org.ambispike.contract;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;

/** Convolution in double, as slow and obvious as it gets. A matrix product is a 1x1 convolution of 1x1 images. */
public final class ReferenceLinear {
    private final ConvGeometry geometry;
    private final int batch;

    public ReferenceLinear(ConvGeometry geometry, int batch) {
        this.geometry = geometry;
        this.batch = batch;
    }

    /** Called for every product that the convolution sums. */
    @FunctionalInterface
    private interface Product {
        void at(int src, int weight, int dst);
    }

    double[] forward(float[] src, float[] weights, float[] bias) {
        return forward(DeviceArrays.widen(src), weights, bias);
    }

    public double[] forward(double[] src, float[] weights, float[] bias) {
        double[] dst = new double[dstElements()];
        for (int i = 0; i < dst.length; i++) {
            dst[i] = bias[i % geometry.outChannels()];
        }
        forEachProduct((s, w, d) -> dst[d] += src[s] * weights[w]);
        return dst;
    }

    double[] gradSrc(float[] gradDst, float[] weights) {
        double[] gradSrc = new double[srcElements()];
        forEachProduct((s, w, d) -> gradSrc[s] += (double) gradDst[d] * weights[w]);
        return gradSrc;
    }

    double[] gradWeights(float[] src, float[] gradDst) {
        double[] gradWeights = new double[weightElements()];
        forEachProduct((s, w, d) -> gradWeights[w] += (double) src[s] * gradDst[d]);
        return gradWeights;
    }

    double[] gradBias(float[] gradDst) {
        double[] gradBias = new double[geometry.outChannels()];
        for (int i = 0; i < gradDst.length; i++) {
            gradBias[i % gradBias.length] += gradDst[i];
        }
        return gradBias;
    }

    int srcElements() {
        return (int) (batch * geometry.inputShape().elements());
    }

    int weightElements() {
        return (int) geometry.weightShape().elements();
    }

    int dstElements() {
        return (int) (batch * geometry.outputShape().elements());
    }

    private void forEachProduct(Product product) {
        for (int n = 0; n < batch; n++) {
            for (int y = 0; y < geometry.outHeight(); y++) {
                for (int x = 0; x < geometry.outWidth(); x++) {
                    for (int ky = 0; ky < geometry.down().kernel(); ky++) {
                        for (int kx = 0; kx < geometry.across().kernel(); kx++) {
                            forEachChannel(product, n, y, x, ky, kx);
                        }
                    }
                }
            }
        }
    }

    private void forEachChannel(Product product, int n, int y, int x, int ky, int kx) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        int row = y * down.stride() - down.padding() + ky * down.dilation();
        int column = x * across.stride() - across.padding() + kx * across.dilation();
        if (row < 0 || row >= geometry.height() || column < 0 || column >= geometry.width()) {
            return;
        }
        int in = geometry.inChannels();
        int out = geometry.outChannels();
        int src = ((n * geometry.height() + row) * geometry.width() + column) * in;
        int dst = ((n * geometry.outHeight() + y) * geometry.outWidth() + x) * out;
        int read = in / geometry.groups();
        for (int o = 0; o < out; o++) {
            int first = o * geometry.groups() / out * read;
            int weight = ((o * down.kernel() + ky) * across.kernel() + kx) * read;
            for (int i = 0; i < read; i++) {
                product.at(src + first + i, weight + i, dst + o);
            }
        }
    }
}
