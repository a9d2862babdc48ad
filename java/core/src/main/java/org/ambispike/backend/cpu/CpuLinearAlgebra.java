package org.ambispike.backend.cpu;

import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** oneDNN for convolutions, matrix multiplications and pools, our own C++ kernels for arrays. */
final class CpuLinearAlgebra extends NativeLinearAlgebra {
    private final DnnlEngine engine;
    private final Precision precision;

    CpuLinearAlgebra(CpuThreads threads, DnnlEngine engine, Precision precision) {
        super(threads);
        this.engine = engine;
        this.precision = precision;
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch,
                () -> new DnnlLinear(
                        engine, label, DnnlConvolution.plan(engine, geometry, batch, training, precision)));
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training) {
        return engine.plan(
                label + " [" + rows + ", " + inputs + "] x [" + inputs + ", " + outputs + "]",
                () -> new DnnlLinear(
                        engine, label, DnnlMatMul.plan(engine, rows, inputs, outputs, training, precision)));
    }

    @Override
    public PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch, () -> new DnnlAveragePool(engine, label, geometry, batch));
    }
}
