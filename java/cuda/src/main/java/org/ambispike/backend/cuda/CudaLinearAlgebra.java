package org.ambispike.backend.cuda;

import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.cpu.NativeLinearAlgebra;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** cuDNN for convolutions, cuBLAS for matrix multiplications, our own CUDA kernels for pools and arrays. */
final class CudaLinearAlgebra extends NativeLinearAlgebra {
    private final CudaStream stream;
    private final CudaLinearPlanner planner;

    CudaLinearAlgebra(CudaStream stream, CudaLinearPlanner planner) {
        super(stream);
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
}
