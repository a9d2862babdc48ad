package org.ambispike.backend;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/**
 * What a device offers for inference on values stored in bfloat16: the drives that convolutions give, and spikes, which may
 * be bytes too. Numbers are rounded to nearest; membranes, sums, parameters and rates are f32. Arrays are dense, channels
 * innermost. Used by the backend's thread.
 */
public interface Bf16Operations {
    /** In which type an array of a kernel lies. */
    enum Storage {
        F32(Float.BYTES),
        BF16(Short.BYTES),
        /**
         * For spikes alone: 1 + q + 16 (1 + r), where one is worth q thetaP - r thetaN; q and r are -1, 0 or 1. Nothing is
         * rounded.
         */
        BYTE(Byte.BYTES);

        private final int bytes;

        Storage(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes of one element. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * What is added to the drive of neurons at every step: both are rounded when they are stored, not their sum.
     *
     * @param values [T, rows, channels], or [rows, channels] where constant, bf16; absent where nothing is added
     * @param bias [channels] f32, added to the values when they are read; optional
     * @param constant the values are the same at every step
     */
    record Addend(DeviceBuffer values, DeviceBuffer bias, boolean constant) {
        /** Nothing. */
        public static final Addend NONE = new Addend(DeviceBuffer.absent(), DeviceBuffer.absent(), false);
    }

    /** A convolution for inference of f32 or bf16; {@link LinearKernel#forward} reads and writes arrays of these types. */
    LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, Storage src, Storage dst);

    /** A matrix multiplication for inference that gives f32. */
    LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src);

    /**
     * How a layer of spiking neurons is fed and what it emits.
     *
     * @param drive the type of the drive, F32 or BF16
     * @param bias [channels] f32, added to the drive when it is read; optional
     * @param addend a second drive, or {@link Addend#NONE}
     * @param spikes the type of the spikes, BF16 or BYTE
     */
    record SpikeForm(Storage drive, DeviceBuffer bias, Addend addend, Storage spikes) {
        public SpikeForm {
            if (drive == Storage.BYTE || spikes == Storage.F32) {
                throw new IllegalArgumentException(
                        "drives are F32 or BF16 and spikes BF16 or BYTE, not " + drive + " and " + spikes);
            }
        }
    }

    /**
     * Runs T steps of a layer of spiking neurons, as {@link NeuronKernels#spikeForward}, but for the types of drive and spikes. A
     * step's input is (drive + bias) + (addend + its bias), in f32; the rate is the mean of the values before they are rounded.
     * Smooth layouts and spikes of several quanta are refused; behind a max pool so are a carry and an addend.
     *
     * @param resume the membranes start from the carry, rather than from the initial potentials
     */
    void spikeForward(SpikeLayout layout, SpikeBuffers buffers, SpikeForm form, boolean resume);

    /**
     * Maps each axis of an image linearly by itself, as {@link LinearAlgebra#resample}.
     *
     * @param table the values of the tables
     * @param x [images, H, W, C] bf16
     * @param y [images, H', W', C'] bf16
     */
    void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images);

    /**
     * Means of windows.
     *
     * @param src [images, H, W, C] bf16
     * @param dst [images, H', W', C] bf16
     */
    void averagePool(PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer dst);

    /**
     * Means of windows of spikes in bytes.
     *
     * @param src [images, H, W, C] bytes
     * @param thresholds [2 or more, C] f32: thetaP, thetaN
     * @param dst [images, H', W', C] bf16
     */
    void averagePoolOfBytes(
            PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer thresholds, DeviceBuffer dst);
}
