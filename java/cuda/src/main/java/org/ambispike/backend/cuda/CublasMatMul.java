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
final class CublasMatMul implements CudaProduct {
    private final CudaLibraries libraries;
    private final String label;
    private final int rows;
    private final int inputs;
    private final int outputs;
    private final int operandType;
    private final int arithmetic;
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);

    CublasMatMul(CudaLibraries libraries, String label, int rows, int inputs, int outputs) {
        this.libraries = libraries;
        this.label = label;
        this.rows = rows;
        this.inputs = inputs;
        this.outputs = outputs;
        this.operandType = libraries.precision() == Precision.BF16 ? cudart.CUDA_R_16BF : cudart.CUDA_R_32F;
        this.arithmetic = libraries.precision() == Precision.TF32
                ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublas.CUBLAS_COMPUTE_32F;
        libraries.cublasHandle();
    }

    /** c [columns, lines] = a * b over {@code depth}, as cuBLAS sees them. */
    private void multiply(
            String pass,
            int transposeA,
            int transposeB,
            int lines,
            int columns,
            int depth,
            Pointer a,
            int strideA,
            Pointer b,
            int strideB,
            Pointer c) {
        CudaStatus.checkCublas(
                label + " " + pass,
                cublas.cublasGemmEx(
                        libraries.cublasHandle(),
                        transposeA,
                        transposeB,
                        lines,
                        columns,
                        depth,
                        one,
                        a,
                        operandType,
                        strideA,
                        b,
                        operandType,
                        strideB,
                        zero,
                        c,
                        cudart.CUDA_R_32F,
                        lines,
                        arithmetic,
                        cublas.CUBLAS_GEMM_DEFAULT));
    }

    @Override
    public void forward(Pointer src, Pointer weights, Pointer dst, Pointer workspace) {
        multiply(
                "forward",
                cublas.CUBLAS_OP_T,
                cublas.CUBLAS_OP_N,
                outputs,
                rows,
                inputs,
                weights,
                inputs,
                src,
                inputs,
                dst);
    }

    @Override
    public void backwardData(Pointer gradDst, Pointer weights, Pointer gradSrc, Pointer workspace) {
        multiply(
                "backward by data",
                cublas.CUBLAS_OP_N,
                cublas.CUBLAS_OP_N,
                inputs,
                rows,
                outputs,
                weights,
                inputs,
                gradDst,
                outputs,
                gradSrc);
    }

    @Override
    public void backwardWeights(Pointer src, Pointer gradDst, Pointer gradWeights, Pointer workspace) {
        multiply(
                "backward by weights",
                cublas.CUBLAS_OP_N,
                cublas.CUBLAS_OP_T,
                inputs,
                outputs,
                rows,
                src,
                inputs,
                gradDst,
                outputs,
                gradWeights);
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
