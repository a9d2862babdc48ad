package org.ambispike.backend.cuda;

import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.cpu.NativeInt8;
import org.ambispike.graph.ConvGeometry;

/** Spikes in signed bytes on the GPU: cuDNN and cuBLAS for convolutions and matrix multiplications, our own kernels for the rest. */
final class CudaInt8 extends NativeInt8 {
    private final CudaStream stream;
    private final CudaMemory memory;
    private final CudaLinearPlanner planner;

    CudaInt8(CudaStream stream, CudaMemory memory, CudaLinearPlanner planner) {
        super(stream);
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
    protected Int8Kernel planMatMul(String label, int rows, int inputs, int outputs) {
        ConvGeometry geometry = new ConvGeometry(1, 1, inputs, outputs, 1, 1, 0);
        return new CudaInt8Linear(stream, memory, label, geometry, planner.wholeMatMul(label, rows, inputs, outputs));
    }
}
