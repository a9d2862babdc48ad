package org.ambispike.backend.cuda;

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
        try {
            return convolution(label, geometry, batch, training, arrays, precision);
        } catch (BackendException e) {
            if (precision != Precision.BF16) {
                throw e;
            }
            LOG.warn("{}; this layer is computed in tf32", e.getMessage());
            return convolution(label, geometry, batch, training, arrays, Precision.TF32);
        }
    }

    private LinearKernel convolution(
            String label,
            ConvGeometry geometry,
            int batch,
            boolean training,
            CudaLinear.Arrays arrays,
            Precision operands) {
        CudaLinearPlan plan = new CudnnConvolution(libraries, operands, label, geometry, batch, training);
        return new CudaLinear(stream, label, plan, operands, training, arrays);
    }

    LinearKernel matMul(String label, int rows, int inputs, int outputs, boolean training, CudaLinear.Arrays arrays) {
        stream.requireOpen(label);
        CudaLinearPlan plan = new CublasGemm(libraries, label, rows, inputs, outputs);
        return new CudaLinear(stream, label, plan, precision, training, arrays);
    }
}
