package org.ambispike.backend.cuda;

import org.ambispike.common.BackendException;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;

/** Turns the codes of three libraries into exceptions. */
final class CudaStatus {
    private CudaStatus() {}

    /** A code of our own kernels and of the CUDA runtime. */
    static void check(String operation, int code) {
        if (code != CudaKernels.AMBI_OK) {
            throw new BackendException(operation + " failed on the GPU: " + text(code) + " (code " + code + ")");
        }
    }

    static String text(int code) {
        return CudaKernels.ambi_cuda_text(code).getString();
    }

    static void checkCudnn(String operation, int status) {
        if (status != cudnn.CUDNN_STATUS_SUCCESS) {
            throw new BackendException(operation + " failed in cuDNN: "
                    + cudnn.cudnnGetErrorString(status).getString() + " (status " + status + ")");
        }
    }

    static void checkCublas(String operation, int status) {
        if (status != cublas.CUBLAS_STATUS_SUCCESS) {
            throw new BackendException(operation + " failed in cuBLAS with status " + status);
        }
    }
}
