package org.ambispike.backend.cuda;

import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** Inference on drives and spikes in bfloat16: no array is converted between a convolution and the neurons around it. */
final class CudaBf16 implements Bf16Operations {
    private final CudaStream stream;
    private final CudaProducts products;

    CudaBf16(CudaStream stream, CudaProducts products) {
        this.stream = stream;
        this.products = products;
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, Storage src, Storage dst) {
        return products.convolution(label, geometry, batch, false, new CudaLinear.Arrays(src, dst));
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src) {
        return products.matMul(label, rows, inputs, outputs, false, new CudaLinear.Arrays(src, Storage.F32));
    }

    @Override
    public void spikeForward(
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
            DeviceBuffer counts) {
        if (type == Storage.BYTE || emitted == Storage.F32) {
            throw new IllegalArgumentException(
                    "drives are F32 or BF16 and spikes BF16 or BYTE, not " + type + " and " + emitted);
        }
        int forms = (type == Storage.F32 ? CudaKernels.AMBI_DRIVE_F32 : 0)
                | (addend.constant() ? CudaKernels.AMBI_ADDEND_CONSTANT : 0)
                | (emitted == Storage.BYTE ? CudaKernels.AMBI_SPIKE_BYTES : 0);
        CudaStatus.check(
                "spikeForward in bf16",
                CudaKernels.ambi_cuda_spike_forward_bf16(
                        CudaBuffer.of(drive).pointer(),
                        CudaBuffer.floats(bias),
                        CudaBuffer.bytes(addend.values()),
                        CudaBuffer.floats(addend.bias()),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(carry),
                        CudaBuffer.bytes(spikes),
                        CudaBuffer.floats(rate),
                        CudaBuffer.longs(counts),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        CudaKernelOperations.mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0),
                        forms,
                        (float) layout.alpha(),
                        stream.address()));
    }

    @Override
    public void averagePool(PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer dst) {
        CudaStatus.check(
                "averagePool in bf16",
                CudaKernels.ambi_cuda_average_pool_forward_bf16(
                        CudaBuffer.of(src).pointer(),
                        CudaBuffer.of(dst).pointer(),
                        images,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        stream.address()));
    }

    @Override
    public void averagePoolOfBytes(
            PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer thresholds, DeviceBuffer dst) {
        CudaStatus.check(
                "averagePool of bytes",
                CudaKernels.ambi_cuda_average_pool_forward_bytes(
                        CudaBuffer.of(src).pointer(),
                        CudaBuffer.floats(thresholds),
                        CudaBuffer.of(dst).pointer(),
                        images,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        stream.address()));
    }
}
