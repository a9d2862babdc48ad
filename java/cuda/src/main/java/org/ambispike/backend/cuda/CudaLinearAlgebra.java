package org.ambispike.backend.cuda;

import static org.ambispike.backend.cuda.CudaBuffer.bytes;
import static org.ambispike.backend.cuda.CudaBuffer.floats;
import static org.ambispike.backend.cuda.CudaBuffer.ints;

import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockNumbers;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SampleTables;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** cuDNN for convolutions, cuBLAS for matrix multiplications, our own CUDA kernels for pools and arrays. */
final class CudaLinearAlgebra implements LinearAlgebra {
    private final CudaStream stream;
    private final CudaLinearPlanner planner;
    private final BlockNumbers blocks = new BlockNumbers();

    CudaLinearAlgebra(CudaStream stream, CudaLinearPlanner planner) {
        this.stream = stream;
        this.planner = planner;
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training) {
        return planner.convolution(label, geometry, batch, training, CudaLinear.Arrays.F32);
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training) {
        return planner.matMul(label, rows, inputs, outputs, training, CudaLinear.Arrays.F32);
    }

    @Override
    public PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch) {
        stream.requireOpen(label);
        return new CudaAveragePool(stream, label, geometry, batch);
    }

    @Override
    public void scale(DeviceBuffer x, double factor) {
        CudaStatus.check("scale", CudaKernels.ambi_cuda_scale(floats(x), x.floats(), (float) factor, stream.address()));
    }

    @Override
    public void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y) {
        CudaStatus.check(
                "add", CudaKernels.ambi_cuda_add(floats(a), floats(b), floats(y), y.floats(), stream.address()));
    }

    @Override
    public void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width) {
        CudaStatus.check(
                "gatherRows",
                CudaKernels.ambi_cuda_gather_rows(floats(x), ints(index), floats(y), rows, width, stream.address()));
    }

    @Override
    public void copyBlocks(BlockCopy copy, DeviceBuffer x, DeviceBuffer y) {
        CudaStatus.check(
                "copyBlocks",
                CudaKernels.ambi_cuda_copy_blocks(
                        bytes(x), bytes(y), blocks.of(copy), x.bytes(), y.bytes(), stream.address()));
    }

    @Override
    public void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images) {
        CudaStatus.check(
                "resample",
                CudaKernels.ambi_cuda_resample(
                        floats(x), ints(table), floats(y), tables.numbers(), images, stream.address()));
    }

    @Override
    public void copyPlaces(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images, Element element) {
        CudaStatus.check(
                "copyPlaces",
                CudaKernels.ambi_cuda_copy_places(
                        bytes(x),
                        ints(table),
                        bytes(y),
                        tables.numbers(),
                        images,
                        element.bytes(),
                        element.zero(),
                        stream.address()));
    }

    @Override
    public void expand(DeviceBuffer x, DeviceBuffer y) {
        CudaStatus.check(
                "expand",
                CudaKernels.ambi_cuda_expand(floats(x), floats(y), Math.toIntExact(y.floats()), stream.address()));
    }

    @Override
    public void reduce(DeviceBuffer x, DeviceBuffer y) {
        CudaStatus.check(
                "reduce",
                CudaKernels.ambi_cuda_reduce(floats(x), floats(y), Math.toIntExact(x.floats()), stream.address()));
    }

    @Override
    public void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        CudaStatus.check(
                "runningMean",
                CudaKernels.ambi_cuda_running_mean(floats(x), floats(y), count, steps, stream.address()));
    }

    @Override
    public void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        CudaStatus.check(
                "spreadMean", CudaKernels.ambi_cuda_spread_mean(floats(x), floats(y), count, steps, stream.address()));
    }
}
