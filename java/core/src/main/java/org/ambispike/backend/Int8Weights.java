package org.ambispike.backend;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;

/**
 * Weights rounded to 8 bits for each output: weight = scale[o] * rounded. Where bytes are unsigned they hold more than the levels
 * that they stand for, which the bias takes off again; where a window reaches over the edge of the map the convolution's zeros
 * hold no such surplus, and the border gives it back.
 */
public final class Int8Weights {
    private final ConvGeometry geometry;
    private final int perOutput;
    private final byte[] rounded;
    private final float[] scales;

    /**
     * Rounds.
     *
     * @param geometry of a matrix multiplication: that of a 1x1 convolution of 1x1 maps
     * @param weights [out, kh, kw, in / groups]
     * @param unit [channels]: input i is worth unit[i mod channels] * factor a level
     */
    public Int8Weights(ConvGeometry geometry, float[] weights, float[] unit, double factor) {
        this.geometry = geometry;
        this.perOutput = weights.length / geometry.outChannels();
        this.rounded = new byte[weights.length];
        this.scales = new float[geometry.outChannels()];
        double[] scaled = new double[perOutput];
        for (int output = 0; output < scales.length; output++) {
            int first = output * perOutput;
            int firstInput = output / geometry.groupOutputs() * geometry.groupInputs();
            double largest = 0;
            for (int index = 0; index < perOutput; index++) {
                int input = firstInput + index % geometry.groupInputs();
                scaled[index] = weights[first + index] * (unit[input % unit.length] * factor);
                largest = Math.max(largest, Math.abs(scaled[index]));
            }
            scales[output] = largest == 0 ? 1 : (float) (largest / Byte.MAX_VALUE);
            for (int index = 0; index < perOutput; index++) {
                rounded[first + index] = (byte)
                        Math.max(-Byte.MAX_VALUE, Math.min(Byte.MAX_VALUE, Math.rint(scaled[index] / scales[output])));
            }
        }
    }

    /** Returns whole numbers, [out, kh, kw, in / groups]. */
    public byte[] rounded() {
        return rounded;
    }

    /** Returns [out]. */
    public float[] scales() {
        return scales;
    }

    /**
     * Returns [out]: the bias of sums over bytes, given that of sums over levels.
     *
     * @param zero what a byte holds too much
     */
    public float[] bias(float[] ofLevels, int zero) {
        float[] bias = new float[ofLevels.length];
        for (int output = 0; output < bias.length; output++) {
            long sum = 0;
            for (int index = 0; index < perOutput; index++) {
                sum += rounded[output * perOutput + index];
            }
            bias[output] = (float) (ofLevels[output] - surplus(output, sum, zero));
        }
        return bias;
    }

    /** Returns [outHeight, outWidth, out]: what the bias took off for weights that lie beyond the edge. */
    public float[] border(int zero) {
        int outputs = geometry.outChannels();
        long[] taps = taps();
        float[] border = new float[Math.toIntExact(geometry.outputShape().elements())];
        for (int row = 0; row < geometry.outHeight(); row++) {
            for (int column = 0; column < geometry.outWidth(); column++) {
                int at = (row * geometry.outWidth() + column) * outputs;
                for (int output = 0; output < outputs; output++) {
                    border[at + output] = (float) surplus(output, outside(taps, output, row, column), zero);
                }
            }
        }
        return border;
    }

    private double surplus(int output, long sumOfWeights, int zero) {
        return (double) zero * scales[output] * sumOfWeights;
    }

    /** [out, kh, kw]: sums over the input channels that an output reads. */
    private long[] taps() {
        long[] taps = new long[rounded.length / geometry.groupInputs()];
        for (int index = 0; index < rounded.length; index++) {
            taps[index / geometry.groupInputs()] += rounded[index];
        }
        return taps;
    }

    private long outside(long[] taps, int output, int row, int column) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        long sum = 0;
        int tap = output * down.kernel() * across.kernel();
        for (int i = 0; i < down.kernel(); i++) {
            boolean inside = down.isInside(row, i);
            for (int j = 0; j < across.kernel(); j++) {
                sum += inside && across.isInside(column, j) ? 0 : taps[tap];
                tap++;
            }
        }
        return sum;
    }
}
