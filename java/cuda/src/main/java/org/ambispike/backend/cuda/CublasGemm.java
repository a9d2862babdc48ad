package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * dst [rows, outputs] = src [rows, inputs] * weights [outputs, inputs], transposed. cuBLAS counts in columns: to it, our
 * arrays are their own transposes. In int8, forward alone, sums are 32-bit whole numbers, of as many inputs and outputs as
 * {@link PaddedSource#planned} says.
 */
final class CublasGemm implements CudaLinearPlan {
    /** One pass: which of the operands are transposed, and the extents, as cuBLAS sees them. */
    private record Gemm(String label, boolean transposeA, boolean transposeB, int lines, int columns, int depth) {}

    /** How cuBLAS is to multiply, and the factors 1 and 0 in the type that it wants then. */
    private record Arithmetic(int operands, int result, int compute, Pointer one, Pointer zero) {
        static Arithmetic of(Precision precision) {
            if (precision == Precision.INT8) {
                return new Arithmetic(
                        cudart.CUDA_R_8I,
                        cudart.CUDA_R_32I,
                        cublas.CUBLAS_COMPUTE_32I,
                        new IntPointer(1).put(1),
                        new IntPointer(1).put(0));
            }
            return new Arithmetic(
                    precision == Precision.BF16 ? cudart.CUDA_R_16BF : cudart.CUDA_R_32F,
                    cudart.CUDA_R_32F,
                    precision == Precision.TF32 ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32 : cublas.CUBLAS_COMPUTE_32F,
                    new FloatPointer(1f),
                    new FloatPointer(0f));
        }
    }

    private final CudaLibraries libraries;
    private final ConvGeometry callers;
    private final Optional<PaddedSource> padded;
    private final int rows;
    private final int inputs;
    private final int outputs;
    private final Gemm forward;
    private final Gemm backwardData;
    private final Gemm backwardWeights;
    private final Arithmetic arithmetic;

    CublasGemm(CudaLibraries libraries, Precision precision, String label, int rows, int inputs, int outputs) {
        this.libraries = libraries;
        this.callers = new ConvGeometry(1, 1, inputs, outputs, 1, 1, 0);
        ConvGeometry planned = PaddedSource.planned(callers, precision);
        this.padded = PaddedSource.of(label, libraries.stream(), callers, planned, rows, 1);
        this.rows = rows;
        this.inputs = planned.inChannels();
        this.outputs = planned.outChannels();
        this.forward = new Gemm(label + " forward", true, false, this.outputs, rows, this.inputs);
        this.backwardData = new Gemm(label + " backward by data", false, false, inputs, rows, outputs);
        this.backwardWeights = new Gemm(label + " backward by weights", false, true, inputs, outputs, rows);
        this.arithmetic = Arithmetic.of(precision);
        libraries.cublasHandle();
        if (precision == Precision.INT8) {
            requireInt8(label);
        }
    }

    private void requireInt8(String label) {
        long src = (long) rows * inputs;
        long dst = (long) rows * outputs * Integer.BYTES;
        CudaLibraries.Room room = new CudaLibraries.Room(src, weightElements(), dst, 0);
        if (!libraries.runs(
                label, room, (x, w, y, ignored) -> status(forward, w, x, y) == cublas.CUBLAS_STATUS_SUCCESS)) {
            close();
            throw new BackendException(
                    label + ": cuBLAS has no int8 for " + rows + " x " + inputs + " inputs, " + outputs + " outputs");
        }
    }

    /** c [columns, lines] = a * b over {@code depth}, as cuBLAS sees them. */
    private void multiply(Gemm gemm, Pointer a, Pointer b, Pointer c) {
        CudaStatus.checkCublas(gemm.label, status(gemm, a, b, c));
    }

    private int status(Gemm gemm, Pointer a, Pointer b, Pointer c) {
        return cublas.cublasGemmEx(
                libraries.cublasHandle(),
                gemm.transposeA ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                gemm.transposeB ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                gemm.lines,
                gemm.columns,
                gemm.depth,
                arithmetic.one,
                a,
                arithmetic.operands,
                gemm.transposeA ? gemm.depth : gemm.lines,
                b,
                arithmetic.operands,
                gemm.transposeB ? gemm.columns : gemm.depth,
                arithmetic.zero,
                c,
                arithmetic.result,
                gemm.lines,
                arithmetic.compute,
                cublas.CUBLAS_GEMM_DEFAULT);
    }

    @Override
    public void forward(Pointer src, Pointer weights, Pointer dst, Pointer workspace) {
        if (padded.isPresent()) {
            padded.get().fill(src, workspace);
        }
        multiply(forward, weights, padded.isPresent() ? workspace : src, dst);
    }

    @Override
    public void backwardData(Pointer gradDst, Pointer weights, Pointer gradSrc, Pointer workspace) {
        multiply(backwardData, weights, gradDst, gradSrc);
    }

    @Override
    public void backwardWeights(Pointer src, Pointer gradDst, Pointer gradWeights, Pointer workspace) {
        multiply(backwardWeights, src, gradDst, gradWeights);
    }

    @Override
    public long srcElements() {
        return rows * callers.inputShape().elements();
    }

    @Override
    public long weightElements() {
        return (long) outputs * inputs;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public boolean writesFloats() {
        return arithmetic.result == cudart.CUDA_R_32F;
    }

    @Override
    public long workspaceBytes() {
        return padded.map(PaddedSource::bytes).orElse(0L);
    }

    @Override
    public String describe() {
        return "cuBLAS";
    }

    @Override
    public void close() {
        arithmetic.one.close();
        arithmetic.zero.close();
    }
}
