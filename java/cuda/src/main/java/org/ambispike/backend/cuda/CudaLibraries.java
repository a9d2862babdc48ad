package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The handles of cuDNN and cuBLAS, opened when the first layer that needs one is planned. Used by one thread. */
final class CudaLibraries implements AutoCloseable {
    /** What cuBLAS asks for on Hopper. Its own would be allocated within a call, which cannot be captured. */
    private static final long CUBLAS_WORKSPACE_BYTES = 32L << 20;

    private final CudaStream stream;
    private final CudaMemory memory;
    private final Precision precision;
    private final CudaOptions options;
    private final String device;
    private Optional<AlgorithmChoice> algorithms = Optional.empty();
    private Optional<Pointer> cublasWorkspace = Optional.empty();
    private Optional<cudnnContext> cudnnHandle = Optional.empty();
    private Optional<cublasContext> cublasHandle = Optional.empty();

    /** @param device what is known of it, in one line */
    CudaLibraries(CudaStream stream, CudaMemory memory, Precision precision, CudaOptions options, String device) {
        this.stream = stream;
        this.memory = memory;
        this.precision = precision;
        this.options = options;
        this.device = device;
    }

    CudaStream stream() {
        return stream;
    }

    cudnnContext cudnnHandle() {
        if (cudnnHandle.isEmpty()) {
            requireLibraries();
            cudnnContext created = new cudnnContext();
            CudaStatus.checkCudnn("cudnnCreate", cudnn.cudnnCreate(created));
            cudnnHandle = Optional.of(created);
            CudaStatus.checkCudnn("cudnnSetStream", cudnn.cudnnSetStream(created, new CUstream_st(stream.address())));
        }
        return cudnnHandle.get();
    }

    /** Bytes of the arrays that a pass is tried on, and of its workspace. */
    record Room(long src, long weights, long dst, long workspace) {}

    /** A pass over arrays of source, weights and result, or over their gradients; returns whether the library took it. */
    interface Trial {
        boolean run(Pointer src, Pointer weights, Pointer dst, Pointer workspace);
    }

    /** Tries a pass on arrays of its own, whatever they hold; one that there is no room to try is believed. */
    boolean runs(String label, Room room, Trial pass) {
        long weights = CudaLinear.aligned(room.src);
        long dst = weights + CudaLinear.aligned(room.weights);
        long workspace = dst + CudaLinear.aligned(room.dst);
        Pointer allocated;
        try {
            allocated = memory.workspace("trial", workspace + Math.max(1, room.workspace));
        } catch (BackendException e) {
            return true;
        }
        BytePointer start = new BytePointer(allocated);
        boolean taken = pass.run(start, start.getPointer(weights), start.getPointer(dst), start.getPointer(workspace));
        CudaStatus.check(label + " trial", CudaKernels.ambi_cuda_free(allocated));
        return taken;
    }

    cublasContext cublasHandle() {
        if (cublasHandle.isEmpty()) {
            requireLibraries();
            Pointer workspace = memory.workspace("workspace of cuBLAS", CUBLAS_WORKSPACE_BYTES);
            cublasWorkspace = Optional.of(workspace);
            cublasContext created = new cublasContext();
            CudaStatus.checkCublas("cublasCreate", cublas.cublasCreate_v2(created));
            cublasHandle = Optional.of(created);
            CudaStatus.checkCublas(
                    "cublasSetStream", cublas.cublasSetStream_v2(created, new CUstream_st(stream.address())));
            CudaStatus.checkCublas(
                    "cublasSetWorkspace", cublas.cublasSetWorkspace_v2(created, workspace, CUBLAS_WORKSPACE_BYTES));
        }
        return cublasHandle.get();
    }

    /** How convolutions choose among cuDNN's algorithms. */
    AlgorithmChoice algorithms() {
        AlgorithmChoice choice = algorithms.orElseGet(() -> new AlgorithmChoice(options.algorithms()
                .map(folder -> new AlgorithmCache(folder, device + ", cuDNN " + version(cudnn.cudnnGetVersion())))));
        algorithms = Optional.of(choice);
        return choice;
    }

    private static void requireLibraries() {
        Optional<String> problem = CudaProbe.libraryProblem();
        if (problem.isPresent()) {
            throw new BackendException("no convolutions and matrix multiplications on the GPU: " + problem.get());
        }
    }

    /** Describes versions and arithmetic. */
    String describe() {
        String arithmetic =
                switch (precision) {
                    case F32 -> "strict f32";
                    case TF32 -> "tf32 operands, f32 sums";
                    case BF16 -> "bf16 operands, f32 sums";
                    case INT8 -> "int8 operands, whole sums, else strict f32";
                };
        return (CudaProbe.libraryProblem().isEmpty() ? "cuDNN " + version(cudnn.cudnnGetVersion()) : "without cuDNN")
                + ", " + arithmetic;
    }

    private static String version(long number) {
        return number / 10000 + "." + number % 10000 / 100 + "." + number % 100;
    }

    @Override
    public void close() {
        cudnnHandle.ifPresent(cudnn::cudnnDestroy);
        cublasHandle.ifPresent(cublas::cublasDestroy_v2);
        cublasWorkspace.ifPresent(CudaKernels::ambi_cuda_free);
        cublasWorkspace = Optional.empty();
        cudnnHandle = Optional.empty();
        cublasHandle = Optional.empty();
    }
}
