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
         * Of spikes alone: 1 + q + 16 (1 + r), where one is worth q thetaP - r thetaN; q and r are -1, 0 or 1. Nothing is
         * rounded.
         */
        BYTE(Byte.BYTES);

        private final int bytes;

        Storage(int bytes) {
            this.bytes = bytes;
        }

        /** Of one element. */
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

    /** A matrix product for inference that gives f32. */
    LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src);

    /**
     * T steps of a layer of spiking neurons, as {@link Backend#spikeForward}, but for what is read and emitted. A step's
     * input is (drive + bias) + (addend + its bias), in f32. Smooth layouts and spikes of several quanta are refused.
     *
     * @param drive [T, rows, channels], or [rows, channels] where constant
     * @param type of the drive, F32 or BF16
     * @param bias [channels] f32, added to the drive when it is read; optional
     * @param addend a second drive, or {@link Addend#NONE}
     * @param parameters [4, channels] f32
     * @param carry [2, rows, channels] f32 membranes out (and in, where {@code resume}); optional
     * @param spikes [T, rows, channels]; optional
     * @param emitted the type of the spikes, BF16 or BYTE
     * @param rate [rows, channels] f32 mean of the values before they are rounded; optional
     * @param counts [T, 2] 64-bit positive and negative spikes, added to; optional
     */
    void spikeForward(
            SpikeLayout layout,
            DeviceBuffer drive,
            Storage type,
            DeviceBuffer bias,
            Addend addend,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            Storage emitted,
            DeviceBuffer rate,
            DeviceBuffer counts);

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
     * @param thresholds [2, C] f32: thetaP, thetaN
     * @param dst [images, H', W', C] bf16
     */
    void averagePoolOfBytes(
            PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer thresholds, DeviceBuffer dst);
}
