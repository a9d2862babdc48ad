package org.ambispike.backend.cuda;

import static org.ambispike.backend.cuda.CudaBuffer.bytes;
import static org.ambispike.backend.cuda.CudaBuffer.floats;
import static org.ambispike.backend.cuda.CudaBuffer.ints;
import static org.ambispike.backend.cuda.CudaBuffer.longs;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.PoolNumbers;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** Spikes in signed bytes on the GPU: cuDNN and cuBLAS for convolutions and matrix multiplications, our own kernels for the rest. */
final class CudaInt8 implements Int8Operations {
    private final CudaStream stream;
    private final CudaMemory memory;
    private final CudaLinearPlanner planner;
    private final PoolNumbers numbers = new PoolNumbers();

    CudaInt8(CudaStream stream, CudaMemory memory, CudaLinearPlanner planner) {
        this.stream = stream;
        this.memory = memory;
        this.planner = planner;
    }

    @Override
    public int zero() {
        return 0;
    }

    @Override
    public Int8Kernel planConvolution(String label, ConvGeometry geometry, int batch) {
        return new CudaInt8Linear(stream, memory, label, geometry, planner.wholeConvolution(label, geometry, batch));
    }

    @Override
    public Int8Kernel planMatMul(String label, int rows, int inputs, int outputs, int channels) {
        if (inputs % channels != 0) {
            throw new IllegalArgumentException(
                    label + ": " + inputs + " inputs are no whole number of pixels of " + channels + " channels");
        }
        ConvGeometry geometry = new ConvGeometry(1, 1, inputs, outputs, 1, 1, 0);
        return new CudaInt8Linear(stream, memory, label, geometry, planner.wholeMatMul(label, rows, inputs, outputs));
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume) {
        int mode = CudaNeuronKernels.mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0);
        if (layout.pool().isPresent()) {
            CudaStatus.check(
                    "int8 spikeForward behind a max pool",
                    CudaKernels.ambi_cuda_int8_max_pool_spike_forward(
                            floats(buffers.drive()),
                            floats(buffers.parameters()),
                            floats(levels),
                            floats(buffers.carry()),
                            floats(buffers.sums()),
                            bytes(buffers.spikes()),
                            floats(buffers.rate()),
                            longs(buffers.counts()),
                            numbers.of(layout.pool().orElseThrow()),
                            layout.images(),
                            layout.steps(),
                            mode,
                            stream.address()));
            return;
        }
        CudaStatus.check(
                "int8 spikeForward",
                CudaKernels.ambi_cuda_int8_spike_forward(
                        floats(buffers.drive()),
                        floats(buffers.parameters()),
                        floats(levels),
                        floats(buffers.carry()),
                        bytes(buffers.spikes()),
                        floats(buffers.rate()),
                        longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode,
                        stream.address()));
    }

    @Override
    public void sumPool(PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer sums) {
        pool(geometry, images, src, DeviceBuffer.absent(), sums, DeviceBuffer.absent());
    }

    @Override
    public void averagePool(
            PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer unit, DeviceBuffer means) {
        pool(geometry, images, src, unit, DeviceBuffer.absent(), means);
    }

    private void pool(
            PoolGeometry geometry,
            long images,
            DeviceBuffer src,
            DeviceBuffer unit,
            DeviceBuffer sums,
            DeviceBuffer means) {
        CudaStatus.check(
                "int8 averagePool",
                CudaKernels.ambi_cuda_int8_average_pool(
                        bytes(src),
                        floats(unit),
                        bytes(sums),
                        floats(means),
                        Math.toIntExact(images),
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        stream.address()));
    }

    @Override
    public void resample(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer unit, DeviceBuffer y, long images) {
        CudaStatus.check(
                "int8 resample",
                CudaKernels.ambi_cuda_int8_resample(
                        bytes(x), floats(unit), ints(table), floats(y), tables.numbers(), images, stream.address()));
    }

    @Override
    public void add(DeviceBuffer x, DeviceBuffer unit, DeviceBuffer added, DeviceBuffer y, long rows, int channels) {
        CudaStatus.check(
                "int8 add",
                CudaKernels.ambi_cuda_int8_add(
                        bytes(x), floats(unit), floats(added), floats(y), rows, channels, stream.address()));
    }
}
