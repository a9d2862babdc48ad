package org.ambispike.backend.cpu;

import org.ambispike.backend.Int8Kernel;
import org.ambispike.graph.ConvGeometry;

/** Spikes in bytes on the CPU: oneDNN for convolutions and matrix multiplications, our own kernels for the rest. */
final class CpuInt8 extends NativeInt8 {
    /** What oneDNN multiplies are unsigned bytes. */
    static final int ZERO = Kernels.AMBI_INT8_ZERO;

    private final DnnlEngine engine;

    CpuInt8(DnnlEngine engine) {
        super(engine.threads());
        this.engine = engine;
    }

    @Override
    public int zero() {
        return ZERO;
    }

    @Override
    public Int8Kernel planConvolution(String label, ConvGeometry geometry, int batch) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch + ", int8",
                () -> DnnlInt8.convolution(engine, label, geometry, batch));
    }

    @Override
    protected Int8Kernel planMatMul(String label, int rows, int inputs, int outputs) {
        return engine.plan(
                label + " [" + rows + ", " + inputs + "] x [" + inputs + ", " + outputs + "], int8",
                () -> DnnlInt8.matMul(engine, label, rows, inputs, outputs));
    }
}
