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

    /** Copies blocks from one array to another, of elements of any type; or sums them, as floats. */
    void copyBlocks(BlockCopy copy, DeviceBuffer x, DeviceBuffer y);

    /**
     * Maps each axis of an image linearly by itself.
     *
     * @param table the values of the tables
     * @param x [images, H, W, C]
     * @param y [images, H', W', C']
     */
    void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images);

    /**
     * The same where each place is a copy of one place, or of none, for elements of any type.
     *
     * @param element how elements are stored
     */
    void copyPlaces(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images, Element element);

    /**
     * Elements that are copied.
     *
     * @param bytes of one: 1, 2 or 4
     * @param zero each byte of an element that is a copy of none, 0 to 255
     */
    record Element(int bytes, int zero) {}

    /** y[c] = x[0] for all elements of y. */
    void expand(DeviceBuffer x, DeviceBuffer y);

    /** y[0] = sum of x. */
    void reduce(DeviceBuffer x, DeviceBuffer y);

    /** y[t] = mean of x[0..t]; both [steps, count], may be the same. */
    void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);

    /** y[t] = x / steps; x is [count], y [steps, count]. */
    void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);
}
