package org.ambispike.backend;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/**
 * What a device offers for inference on spikes stored as bytes. Byte b of channel c stands for b - {@link #zero} levels, a signed
 * number of 8 bits, each worth unit[c]; arrays are dense, channels innermost. Used by the backend's thread.
 */
public interface Int8Operations {
    /** The most levels that a byte holds of either sign; a sum of bytes must stay within them too. */
    int MOST_LEVELS = 127;

    /** Returns the byte of a neuron that is silent: 0 where bytes are signed, 128 where they are not. */
    int zero();

    Int8Kernel planConvolution(String label, ConvGeometry geometry, int batch);

    /** @param channels of the input, innermost: input i belongs to channel i mod channels; divides the inputs */
    Int8Kernel planMatMul(String label, int rows, int inputs, int outputs, int channels);

    /**
     * Runs T steps of a layer of spiking neurons, as {@link NeuronKernels#spikeForward}, but for what is emitted: the spikes are
     * bytes, and the rate is the mean of what they are worth. Smooth layouts are refused.
     *
     * @param levels [3, channels] f32: whole levels of a positive and of a negative spike, and the unit
     * @param resume the membranes start from the carry, rather than from the initial potentials
     */
    void spikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume);

    /**
     * Sums of windows, which must fit into bytes: a level of one is worth unit / kernel^2.
     *
     * @param src [images, H, W, C] bytes
     * @param sums [images, H', W', C] bytes
     */
    void sumPool(PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer sums);

    /**
     * Means of windows.
     *
     * @param src [images, H, W, C] bytes
     * @param unit [C] f32
     * @param means [images, H', W', C] f32
     */
    void averagePool(PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer unit, DeviceBuffer means);

    /**
     * Maps each axis of an image linearly by itself, as {@link LinearAlgebra#resample}.
     *
     * @param table the values of the tables
     * @param x [images, H, W, C] bytes
     * @param unit [C] f32
     * @param y [images, H', W', C'] f32
     */
    void resample(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer unit, DeviceBuffer y, long images);

    /**
     * y = added + what x is worth.
     *
     * @param x [rows, channels] bytes
     * @param unit [channels] f32
     * @param added [rows, channels] f32; optional
     * @param y [rows, channels] f32; may be {@code added}
     */
    void add(DeviceBuffer x, DeviceBuffer unit, DeviceBuffer added, DeviceBuffer y, long rows, int channels);
}
