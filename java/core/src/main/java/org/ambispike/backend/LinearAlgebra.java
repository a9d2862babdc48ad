package org.ambispike.backend;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** Layers with weights, pools, and the arithmetic of whole arrays. Used by the backend's thread. */
public interface LinearAlgebra {
    /**
     * Plans a convolution of [batch, H, W, C].
     *
     * @param training whether there is a backward pass
     */
    LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training);

    /**
     * Plans y [rows, outputs] = x [rows, inputs] times the transpose of weights [outputs, inputs].
     *
     * @param training whether there is a backward pass
     */
    LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training);

    /** Plans the means of windows of [batch, H, W, C]. */
    PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch);

    /** y = a + b; y may be either. */
    void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y);

    /** x = factor * x. */
    void scale(DeviceBuffer x, double factor);

    /**
     * y[r] = x[index[r]] for rows of a matrix.
     *
     * @param x [any, width]
     * @param index [rows] 32-bit integers, at least 0; ascending with index[r] &gt;= r where y is x
     * @param y [rows, width]
     */
    void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width);

    /** y[c] = x[0] for all elements of y. */
    void expand(DeviceBuffer x, DeviceBuffer y);

    /** y[0] = sum of x. */
    void reduce(DeviceBuffer x, DeviceBuffer y);

    /** y[t] = mean of x[0..t]; both [steps, count], may be the same. */
    void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);

    /** y[t] = x / steps; x is [count], y [steps, count]. */
    void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);
}
