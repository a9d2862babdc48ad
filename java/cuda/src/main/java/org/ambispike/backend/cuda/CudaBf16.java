package org.ambispike.backend.cuda;

import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolNumbers;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.backend.cpu.NativeNeuronKernels;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** Inference on drives and spikes in bfloat16: no array is converted between a convolution and the neurons around it. */
final class CudaBf16 implements Bf16Operations {
    private final CudaStream stream;
    private final CudaLinearPlanner planner;
    private final PoolNumbers numbers = new PoolNumbers();

    CudaBf16(CudaStream stream, CudaLinearPlanner planner) {
        this.stream = stream;
        this.planner = planner;
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, Storage src, Storage dst) {
        return planner.convolution(label, geometry, batch, false, new CudaLinear.Arrays(src, dst));
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src) {
        return planner.matMul(label, rows, inputs, outputs, false, new CudaLinear.Arrays(src, Storage.F32));
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, SpikeForm form, boolean resume) {
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, form, resume);
            return;
        }
        Addend addend = form.addend();
        CudaStatus.check(
                "spikeForward in bf16",
                CudaKernels.ambi_cuda_spike_forward_bf16(
                        CudaBuffer.of(buffers.drive()).pointer(),
                        stream.floats(form.bias()),
                        stream.bytes(addend.values()),
                        stream.floats(addend.bias()),
                        stream.floats(buffers.parameters()),
                        stream.floats(buffers.carry()),
                        stream.bytes(buffers.spikes()),
                        stream.floats(buffers.rate()),
                        stream.longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        NativeNeuronKernels.mode(layout, resume),
                        forms(form),
                        stream.address()));
    }

    private static int forms(SpikeForm form) {
        return (form.drive() == Storage.F32 ? CudaKernels.AMBI_DRIVE_F32 : 0)
                | (form.addend().constant() ? CudaKernels.AMBI_ADDEND_CONSTANT : 0)
                | (form.spikes() == Storage.BYTE ? CudaKernels.AMBI_SPIKE_BYTES : 0);
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, SpikeForm form, boolean resume) {
        if (resume || form.addend() != Addend.NONE || !buffers.carry().isAbsent()) {
            throw new IllegalArgumentException(
                    "in bf16 neurons behind a max pool neither resume nor read a second drive");
        }
        CudaStatus.check(
                "spikeForward in bf16 behind a max pool",
                CudaKernels.ambi_cuda_max_pool_spike_forward_bf16(
                        CudaBuffer.of(buffers.drive()).pointer(),
                        stream.floats(form.bias()),
                        stream.floats(buffers.parameters()),
                        stream.bytes(buffers.spikes()),
                        stream.floats(buffers.rate()),
                        stream.longs(buffers.counts()),
                        numbers.of(layout.pool().orElseThrow()),
                        layout.images(),
                        layout.steps(),
                        NativeNeuronKernels.mode(layout),
                        forms(form),
                        stream.address()));
    }

    @Override
    public void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images) {
        CudaStatus.check(
                "resample in bf16",
                CudaKernels.ambi_cuda_resample_bf16(
                        CudaBuffer.of(x).pointer(),
                        stream.ints(table),
                        CudaBuffer.of(y).pointer(),
                        tables.numbers(),
                        images,
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
                        stream.floats(thresholds),
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
