package org.ambispike.backend.cuda;

import java.util.Locale;
import java.util.function.Function;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans convolutions and matrix multiplications in a backend's precision. Used by one thread. */
final class CudaLinearPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(CudaLinearPlanner.class);

    private final CudaStream stream;
    private final CudaLibraries libraries;
    private final Precision precision;

    CudaLinearPlanner(CudaStream stream, CudaLibraries libraries, Precision precision) {
        this.stream = stream;
        this.libraries = libraries;
        this.precision = precision;
    }

    LinearKernel convolution(
            String label, ConvGeometry geometry, int batch, boolean training, CudaLinear.Arrays arrays) {
        stream.requireOpen(label);
        return convolution(label, geometry, batch, training, arrays, precision);
    }

    private LinearKernel convolution(
            String label,
            ConvGeometry geometry,
            int batch,
            boolean training,
            CudaLinear.Arrays arrays,
            Precision operands) {
        try {
            CudaLinearPlan plan = new CudnnConvolution(
                    libraries,
                    operands,
                    label,
                    geometry,
                    batch,
                    training ? CudnnConvolution.Use.TRAINING : CudnnConvolution.Use.INFERENCE);
            return new CudaLinear(stream, label, plan, operands, training, arrays);
        } catch (BackendException e) {
            if (operands == Precision.F32) {
                throw e;
            }
            Precision instead = operands == Precision.BF16 ? Precision.TF32 : Precision.F32;
            LOG.warn(
                    "{}; this layer is computed in {}",
                    e.getMessage(),
                    instead.name().toLowerCase(Locale.ROOT));
            return convolution(label, geometry, batch, training, arrays, instead);
        }
    }

    LinearKernel matMul(String label, int rows, int inputs, int outputs, boolean training, CudaLinear.Arrays arrays) {
        stream.requireOpen(label);
        CudaLinearPlan plan = new CublasGemm(libraries, precision, label, rows, inputs, outputs);
        return new CudaLinear(stream, label, plan, precision, training, arrays);
    }

    /** Sums of whole numbers: in int8, or where cuDNN refuses that by algorithms in f32 that round none of them. */
    CudaInt8Linear.Sums wholeConvolution(String label, ConvGeometry geometry, int batch) {
        stream.requireOpen(label);
        return whole(operands ->
                new CudnnConvolution(libraries, operands, label, geometry, batch, CudnnConvolution.Use.WHOLE_NUMBERS));
    }

    CudaInt8Linear.Sums wholeMatMul(String label, int rows, int inputs, int outputs) {
        stream.requireOpen(label);
        return whole(operands -> new CublasGemm(libraries, operands, label, rows, inputs, outputs));
    }

    private static CudaInt8Linear.Sums whole(Function<Precision, CudaLinearPlan> plan) {
        try {
            return new CudaInt8Linear.Sums(plan.apply(Precision.INT8), Precision.INT8);
        } catch (BackendException e) {
            LOG.warn("{}; this layer is computed in f32", e.getMessage());
            return new CudaInt8Linear.Sums(plan.apply(Precision.F32), Precision.F32);
        }
    }
}
