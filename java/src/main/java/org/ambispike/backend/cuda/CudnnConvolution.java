package org.ambispike.backend.cuda;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToIntBiFunction;
import org.ambispike.backend.BackendException;
import org.ambispike.backend.Precision;
import org.ambispike.tensor.ConvGeometry;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A convolution of NHWC maps: cuDNN's heuristics choose among its deterministic algorithms, once. */
final class CudnnConvolution implements CudaProduct {
    private static final int MOST_ALGORITHMS = 16;

    private final CudaLibraries libraries;
    private final String label;
    private final ConvGeometry geometry;
    private final int batch;
    private final cudnnTensorStruct src = new cudnnTensorStruct();
    private final cudnnTensorStruct dst = new cudnnTensorStruct();
    private final cudnnFilterStruct weights = new cudnnFilterStruct();
    private final cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final Algorithm forward;
    private final Optional<Algorithm> backwardData;
    private final Optional<Algorithm> backwardWeights;

    /** @param number cuDNN's */
    private record Algorithm(int number, long workspaceBytes) {}

    /** What cuDNN's heuristics say of one algorithm. */
    private record Candidate(int algorithm, int status, int determinism) {}

    CudnnConvolution(
            CudaLibraries libraries,
            Precision precision,
            String label,
            ConvGeometry geometry,
            int batch,
            boolean training) {
        this.libraries = libraries;
        this.label = label;
        this.geometry = geometry;
        this.batch = batch;
        describeArrays(precision);
        this.forward = chooseForward();
        this.backwardData = training ? Optional.of(chooseBackwardData()) : Optional.empty();
        this.backwardWeights = training ? Optional.of(chooseBackwardWeights()) : Optional.empty();
    }

    private void describeArrays(Precision precision) {
        libraries.cudnnHandle();
        int type = precision == Precision.BF16 ? cudnn.CUDNN_DATA_BFLOAT16 : cudnn.CUDNN_DATA_FLOAT;
        ConvGeometry g = geometry;
        check("src", cudnn.cudnnCreateTensorDescriptor(src));
        check(
                "src",
                cudnn.cudnnSetTensor4dDescriptor(
                        src, cudnn.CUDNN_TENSOR_NHWC, type, batch, g.inChannels(), g.height(), g.width()));
        check("dst", cudnn.cudnnCreateTensorDescriptor(dst));
        check(
                "dst",
                cudnn.cudnnSetTensor4dDescriptor(
                        dst, cudnn.CUDNN_TENSOR_NHWC, type, batch, g.outChannels(), g.outHeight(), g.outWidth()));
        check("weights", cudnn.cudnnCreateFilterDescriptor(weights));
        check(
                "weights",
                cudnn.cudnnSetFilter4dDescriptor(
                        weights,
                        type,
                        cudnn.CUDNN_TENSOR_NHWC,
                        g.outChannels(),
                        g.inChannels(),
                        g.kernel(),
                        g.kernel()));
        check("geometry", cudnn.cudnnCreateConvolutionDescriptor(convolution));
        check(
                "geometry",
                cudnn.cudnnSetConvolution2dDescriptor(
                        convolution,
                        g.padding(),
                        g.padding(),
                        g.stride(),
                        g.stride(),
                        1,
                        1,
                        cudnn.CUDNN_CROSS_CORRELATION,
                        cudnn.CUDNN_DATA_FLOAT));
        int arithmetic =
                switch (precision) {
                    case F32 -> cudnn.CUDNN_FMA_MATH;
                    case INT8 -> throw new IllegalArgumentException("int8 runs on the CPU only");
                    case TF32 -> cudnn.CUDNN_DEFAULT_MATH;
                    case BF16 -> cudnn.CUDNN_TENSOR_OP_MATH;
                };
        check("arithmetic", cudnn.cudnnSetConvolutionMathType(convolution, arithmetic));
    }

    private void check(String what, int status) {
        CudaStatus.checkCudnn(label + " " + what, status);
    }

    private Algorithm chooseForward() {
        cudnnContext handle = libraries.cudnnHandle();
        int[] found = new int[1];
        try (cudnnConvolutionFwdAlgoPerf_t list = new cudnnConvolutionFwdAlgoPerf_t(MOST_ALGORITHMS)) {
            check(
                    "forward",
                    cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                            handle, src, weights, convolution, dst, MOST_ALGORITHMS, found, list));
            return choose(
                    "forward",
                    found[0],
                    i -> new Candidate(
                            list.getPointer(i).algo(),
                            list.getPointer(i).status(),
                            list.getPointer(i).determinism()),
                    (algorithm, bytes) -> cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                            handle, src, weights, convolution, dst, algorithm, bytes));
        }
    }

    private Algorithm chooseBackwardData() {
        cudnnContext handle = libraries.cudnnHandle();
        int[] found = new int[1];
        try (cudnnConvolutionBwdDataAlgoPerf_t list = new cudnnConvolutionBwdDataAlgoPerf_t(MOST_ALGORITHMS)) {
            check(
                    "backward by data",
                    cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                            handle, weights, dst, convolution, src, MOST_ALGORITHMS, found, list));
            return choose(
                    "backward by data",
                    found[0],
                    i -> new Candidate(
                            list.getPointer(i).algo(),
                            list.getPointer(i).status(),
                            list.getPointer(i).determinism()),
                    (algorithm, bytes) -> cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                            handle, weights, dst, convolution, src, algorithm, bytes));
        }
    }

    private Algorithm chooseBackwardWeights() {
        cudnnContext handle = libraries.cudnnHandle();
        int[] found = new int[1];
        try (cudnnConvolutionBwdFilterAlgoPerf_t list = new cudnnConvolutionBwdFilterAlgoPerf_t(MOST_ALGORITHMS)) {
            check(
                    "backward by weights",
                    cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                            handle, src, dst, convolution, weights, MOST_ALGORITHMS, found, list));
            return choose(
                    "backward by weights",
                    found[0],
                    i -> new Candidate(
                            list.getPointer(i).algo(),
                            list.getPointer(i).status(),
                            list.getPointer(i).determinism()),
                    (algorithm, bytes) -> cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                            handle, src, dst, convolution, weights, algorithm, bytes));
        }
    }

    /** The first, and so by the heuristics the fastest, that works and gives the same bits every time. */
    private Algorithm choose(
            String pass,
            int found,
            IntFunction<Candidate> candidates,
            ToIntBiFunction<Integer, SizeTPointer> workspaceSize) {
        try (SizeTPointer bytes = new SizeTPointer(1)) {
            for (int i = 0; i < found; i++) {
                Candidate candidate = candidates.apply(i);
                if (candidate.status == cudnn.CUDNN_STATUS_SUCCESS
                        && candidate.determinism == cudnn.CUDNN_DETERMINISTIC
                        && workspaceSize.applyAsInt(candidate.algorithm, bytes) == cudnn.CUDNN_STATUS_SUCCESS) {
                    return new Algorithm(candidate.algorithm, bytes.get());
                }
            }
        }
        throw new BackendException(
                label + " " + pass + ": cuDNN has no deterministic algorithm for " + geometry + ", batch " + batch);
    }

    @Override
    public void forward(Pointer x, Pointer w, Pointer y, Pointer workspace) {
        check(
                "forward",
                cudnn.cudnnConvolutionForward(
                        libraries.cudnnHandle(),
                        one,
                        src,
                        x,
                        weights,
                        w,
                        convolution,
                        forward.number,
                        workspace,
                        forward.workspaceBytes,
                        zero,
                        dst,
                        y));
    }

    @Override
    public void backwardData(Pointer gradDst, Pointer w, Pointer gradSrc, Pointer workspace) {
        Algorithm algorithm = backwardData.orElseThrow();
        check(
                "backward by data",
                cudnn.cudnnConvolutionBackwardData(
                        libraries.cudnnHandle(),
                        one,
                        weights,
                        w,
                        dst,
                        gradDst,
                        convolution,
                        algorithm.number,
                        workspace,
                        algorithm.workspaceBytes,
                        zero,
                        src,
                        gradSrc));
    }

    @Override
    public void backwardWeights(Pointer x, Pointer gradDst, Pointer gradWeights, Pointer workspace) {
        Algorithm algorithm = backwardWeights.orElseThrow();
        check(
                "backward by weights",
                cudnn.cudnnConvolutionBackwardFilter(
                        libraries.cudnnHandle(),
                        one,
                        src,
                        x,
                        dst,
                        gradDst,
                        convolution,
                        algorithm.number,
                        workspace,
                        algorithm.workspaceBytes,
                        zero,
                        weights,
                        gradWeights));
    }

    @Override
    public long srcElements() {
        return batch * geometry.inputShape().elements();
    }

    @Override
    public long weightElements() {
        return geometry.weightShape().elements();
    }

    @Override
    public long rows() {
        return (long) batch * geometry.outHeight() * geometry.outWidth();
    }

    @Override
    public int outputs() {
        return geometry.outChannels();
    }

    @Override
    public boolean writesFloats() {
        return false;
    }

    @Override
    public long workspaceBytes() {
        return Math.max(
                forward.workspaceBytes,
                Math.max(
                        backwardData.map(Algorithm::workspaceBytes).orElse(0L),
                        backwardWeights.map(Algorithm::workspaceBytes).orElse(0L)));
    }

    @Override
    public String describe() {
        return "cuDNN algorithm " + forward.number
                + backwardData.map(each -> ", data " + each.number).orElse("")
                + backwardWeights.map(each -> ", weights " + each.number).orElse("");
    }

    @Override
    public void close() {
        cudnn.cudnnDestroyConvolutionDescriptor(convolution);
        cudnn.cudnnDestroyFilterDescriptor(weights);
        cudnn.cudnnDestroyTensorDescriptor(dst);
        cudnn.cudnnDestroyTensorDescriptor(src);
        one.close();
        zero.close();
    }
}
