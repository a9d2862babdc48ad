package org.ambispike.backend.cuda;

import org.ambispike.common.Precision;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * dst [rows, outputs] = src [rows, inputs] * weights [outputs, inputs], transposed. cuBLAS counts in columns: to it, our
 * arrays are their own transposes.
 */
final class CublasGemm implements CudaLinearPlan {
    /** One pass: which of the operands are transposed, and the extents, as cuBLAS sees them. */
    private record Gemm(String label, boolean transposeA, boolean transposeB, int lines, int columns, int depth) {}

    private final CudaLibraries libraries;
    private final int rows;
    private final int inputs;
    private final int outputs;
    private final Gemm forward;
    private final Gemm backwardData;
    private final Gemm backwardWeights;
    private final int operandType;
    private final int arithmetic;
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);

    CublasGemm(CudaLibraries libraries, String label, int rows, int inputs, int outputs) {
        this.libraries = libraries;
        this.rows = rows;
        this.inputs = inputs;
        this.outputs = outputs;
        this.forward = new Gemm(label + " forward", true, false, outputs, rows, inputs);
        this.backwardData = new Gemm(label + " backward by data", false, false, inputs, rows, outputs);
        this.backwardWeights = new Gemm(label + " backward by weights", false, true, inputs, outputs, rows);
        this.operandType = libraries.precision() == Precision.BF16 ? cudart.CUDA_R_16BF : cudart.CUDA_R_32F;
        this.arithmetic = libraries.precision() == Precision.TF32
                ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublas.CUBLAS_COMPUTE_32F;
        libraries.cublasHandle();
    }

    /** c [columns, lines] = a * b over {@code depth}, as cuBLAS sees them. */
    private void multiply(Gemm gemm, Pointer a, Pointer b, Pointer c) {
        CudaStatus.checkCublas(
                gemm.label,
                cublas.cublasGemmEx(
                        libraries.cublasHandle(),
                        gemm.transposeA ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                        gemm.transposeB ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                        gemm.lines,
                        gemm.columns,
                        gemm.depth,
                        one,
                        a,
                        operandType,
                        gemm.transposeA ? gemm.depth : gemm.lines,
                        b,
                        operandType,
                        gemm.transposeB ? gemm.columns : gemm.depth,
                        zero,
                        c,
                        cudart.CUDA_R_32F,
                        gemm.lines,
                        arithmetic,
                        cublas.CUBLAS_GEMM_DEFAULT));
    }

    @Override
    public void forward(Pointer src, Pointer weights, Pointer dst, Pointer workspace) {
        multiply(forward, weights, src, dst);
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
        return (long) rows * inputs;
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
        return true;
    }

    @Override
    public long workspaceBytes() {
        return 0;
    }

    @Override
    public String describe() {
        return "cuBLAS";
    }

    @Override
    public void close() {
        one.close();
        zero.close();
    }
}
