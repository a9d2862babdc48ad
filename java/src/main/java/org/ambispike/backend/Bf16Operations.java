package org.ambispike.backend;

import org.ambispike.tensor.ConvGeometry;
import org.ambispike.tensor.PoolGeometry;

/**
 * What a device offers for inference on values stored in bfloat16: the drives that convolutions give, and spikes. Numbers
 * are rounded to nearest; membranes, sums, parameters and rates are f32. Arrays are dense, channels innermost. Used by the
 * backend's thread.
 */
public interface Bf16Operations {
    /** In which type an array of a kernel lies. */
    enum Storage {
        F32(Float.BYTES),
        BF16(Short.BYTES);

        private final int bytes;

        Storage(int bytes) {
            this.bytes = bytes;
        }

        /** Of one element. */
        public int bytes() {
            return bytes;
        }
    }

    /** A convolution for inference; {@link LinearKernel#forward} reads and writes arrays of these types. */
    LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, Storage src, Storage dst);

    /** A matrix product for inference that gives f32. */
    LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src);

    /**
     * T steps of a layer of spiking neurons, as {@link Backend#spikeForward}, but for what is read and emitted. Smooth
     * layouts and spikes of several quanta are refused.
     *
     * @param drive [T, rows, channels], or [rows, channels] where constant
     * @param type of the drive
     * @param bias [channels] f32, added to the drive when it is read; optional
     * @param parameters [4, channels] f32
     * @param carry [2, rows, channels] f32 membranes out (and in, where {@code resume}); optional
     * @param spikes [T, rows, channels] bf16; optional
     * @param rate [rows, channels] f32 mean of the values before they are rounded; optional
     * @param counts [T, 2] 64-bit positive and negative spikes, added to; optional
     */
    void spikeForward(
            SpikeLayout layout,
            DeviceBuffer drive,
            Storage type,
            DeviceBuffer bias,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts);

    /**
     * Means of windows.
     *
     * @param src [images, H, W, C] bf16
     * @param dst [images, H', W', C] bf16
     */
    void averagePool(PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer dst);
}
