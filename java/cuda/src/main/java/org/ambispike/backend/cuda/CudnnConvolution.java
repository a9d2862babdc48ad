package org.ambispike.backend.cuda;

import java.util.Locale;
import java.util.Optional;
import org.ambispike.backend.cuda.AlgorithmChoice.Algorithm;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A convolution of NHWC maps by deterministic algorithms of cuDNN, chosen once. Where it needs a padded copy of its source,
 * that lies in the workspace behind what the algorithms need.
 */
final class CudnnConvolution implements CudaLinearPlan {
    /** cuDNN's numbers from here on transform what they multiply, and so round whole numbers too. */
    private static final int FIRST_TRANSFORM = cudnn.CUDNN_CONVOLUTION_FWD_ALGO_FFT;

    /** What a convolution is for. */
    enum Use {
        INFERENCE,
        TRAINING,
        /** Inference on whole numbers, whose sums are to be exact. */
        WHOLE_NUMBERS
    }

    private final CudaLibraries libraries;
    private final Precision precision;
    private final String label;
    private final ConvGeometry geometry;
    private final Optional<PaddedSource> padded;
    private final ConvGeometry planned;
    private final Use use;
    private final int batch;
    private final ConvolutionDescriptors descriptors;
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final Algorithm forward;
    private final Optional<Algorithm> backwardData;
    private final Optional<Algorithm> backwardWeights;

    CudnnConvolution(
            CudaLibraries libraries, Precision precision, String label, ConvGeometry geometry, int batch, Use use) {
        this.libraries = libraries;
        this.precision = precision;
        this.label = label;
        this.geometry = geometry;
        this.use = use;
        this.batch = batch;
        boolean training = use == Use.TRAINING;
        cudnnContext handle = libraries.cudnnHandle();
        this.planned = PaddedSource.planned(geometry, precision);
        this.padded = PaddedSource.of(label, libraries.stream(), geometry, planned, batch, operandBytes());
        this.descriptors = new ConvolutionDescriptors(label, precision, planned, batch);
        this.forward = choose(
                "forward",
                CudnnSearch.forward(
                        handle, descriptors, algorithm -> isExact(algorithm) && runs(this::runForward, algorithm)));
        this.backwardData = training
                ? Optional.of(choose(
                        "backward by data",
                        CudnnSearch.backwardData(
                                handle, descriptors, algorithm -> runs(this::runBackwardData, algorithm))))
                : Optional.empty();
        this.backwardWeights = training
                ? Optional.of(choose(
                        "backward by weights",
                        CudnnSearch.backwardWeights(
                                handle, descriptors, algorithm -> runs(this::runBackwardWeights, algorithm))))
                : Optional.empty();
    }

    /** A pass over the arrays of source, weights and result, or over their gradients; returns cuDNN's status. */
    private interface Pass {
        int run(Pointer src, Pointer weights, Pointer dst, Algorithm algorithm, Pointer workspace);
    }

    private boolean isExact(Algorithm algorithm) {
        return use != Use.WHOLE_NUMBERS || algorithm.number() < FIRST_TRANSFORM;
    }

    private int operandBytes() {
        return switch (precision) {
            case F32, TF32 -> Float.BYTES;
            case BF16 -> Short.BYTES;
            case INT8 -> Byte.BYTES;
        };
    }

    private boolean runs(Pass pass, Algorithm algorithm) {
        CudaLibraries.Room room = new CudaLibraries.Room(
                batch * planned.inputShape().elements() * operandBytes(),
                weightElements() * operandBytes(),
                rows() * outputs() * (writesFloats() ? Float.BYTES : operandBytes()),
                algorithm.workspaceBytes());
        return libraries.runs(
                label,
                room,
                (src, weights, dst, workspace) ->
                        pass.run(src, weights, dst, algorithm, workspace) == cudnn.CUDNN_STATUS_SUCCESS);
    }

    private Algorithm choose(String pass, AlgorithmChoice.Search search) {
        String shape = String.format(
                Locale.ROOT,
                "convolution %s, %s%s, %d x %dx%dx%d, %d outputs, %s, %s%s",
                pass,
                precision.name().toLowerCase(Locale.ROOT),
                use == Use.WHOLE_NUMBERS ? " of whole numbers" : "",
                batch,
                planned.height(),
                planned.width(),
                planned.inChannels(),
                planned.outChannels(),
                windows(planned.down()),
                windows(planned.across()),
                planned.groups() == 1 ? "" : ", groups " + planned.groups());
        return libraries.algorithms().choose(shape, search).orElseThrow(() -> {
            close();
            return new BackendException(label + ": cuDNN has no deterministic algorithm for " + shape);
        });
    }

    private static String windows(WindowAxis axis) {
        return String.format(
                Locale.ROOT,
                "kernel %d, stride %d, padding %d%s",
                axis.kernel(),
                axis.stride(),
                axis.padding(),
                axis.dilation() == 1 ? "" : ", dilation " + axis.dilation());
    }

    private void check(String what, int status) {
        CudaStatus.checkCudnn(label + " " + what, status);
    }

    @Override
    public void forward(Pointer src, Pointer w, Pointer y, Pointer workspace) {
        check("forward", runForward(source(src, workspace), w, y, forward, workspace));
    }

    private int runForward(Pointer x, Pointer w, Pointer y, Algorithm algorithm, Pointer workspace) {
        descriptors.use(algorithm.math());
        return cudnn.cudnnConvolutionForward(
                libraries.cudnnHandle(),
                one,
                descriptors.src(),
                x,
                descriptors.weights(),
                w,
                descriptors.convolution(),
                algorithm.number(),
                workspace,
                algorithm.workspaceBytes(),
                zero,
                descriptors.dst(),
                y);
    }

    @Override
    public void backwardData(Pointer gradDst, Pointer w, Pointer gradSrc, Pointer workspace) {
        Pointer gradX = padded.isEmpty() ? gradSrc : behindAlgorithms(workspace);
        check("backward by data", runBackwardData(gradX, w, gradDst, backwardData.orElseThrow(), workspace));
        if (padded.isPresent()) {
            padded.get().crop(gradX, gradSrc);
        }
    }

    private int runBackwardData(Pointer gradX, Pointer w, Pointer gradY, Algorithm algorithm, Pointer workspace) {
        descriptors.use(algorithm.math());
        return cudnn.cudnnConvolutionBackwardData(
                libraries.cudnnHandle(),
                one,
                descriptors.weights(),
                w,
                descriptors.dst(),
                gradY,
                descriptors.convolution(),
                algorithm.number(),
                workspace,
                algorithm.workspaceBytes(),
                zero,
                descriptors.src(),
                gradX);
    }

    @Override
    public void backwardWeights(Pointer src, Pointer gradDst, Pointer gradWeights, Pointer workspace) {
        Pointer x = source(src, workspace);
        check(
                "backward by weights",
                runBackwardWeights(x, gradWeights, gradDst, backwardWeights.orElseThrow(), workspace));
    }

    private int runBackwardWeights(Pointer x, Pointer gradW, Pointer gradY, Algorithm algorithm, Pointer workspace) {
        descriptors.use(algorithm.math());
        return cudnn.cudnnConvolutionBackwardFilter(
                libraries.cudnnHandle(),
                one,
                descriptors.src(),
                x,
                descriptors.dst(),
                gradY,
                descriptors.convolution(),
                algorithm.number(),
                workspace,
                algorithm.workspaceBytes(),
                zero,
                descriptors.weights(),
                gradW);
    }

    /** What cuDNN reads: the caller's array, or its padded copy. */
    private Pointer source(Pointer src, Pointer workspace) {
        if (padded.isEmpty()) {
            return src;
        }
        Pointer copy = behindAlgorithms(workspace);
        padded.get().fill(src, copy);
        return copy;
    }

    private Pointer behindAlgorithms(Pointer workspace) {
        return new BytePointer(workspace).getPointer(algorithmBytes());
    }

    @Override
    public long srcElements() {
        return batch * geometry.inputShape().elements();
    }

    @Override
    public long weightElements() {
        return planned.weightShape().elements();
    }

    @Override
    public long rows() {
        return (long) batch * geometry.outHeight() * geometry.outWidth();
    }

    @Override
    public int outputs() {
        return planned.outChannels();
    }

    @Override
    public boolean writesFloats() {
        return precision == Precision.INT8;
    }

    @Override
    public long workspaceBytes() {
        return algorithmBytes() + padded.map(PaddedSource::bytes).orElse(0L);
    }

    private long algorithmBytes() {
        long most = Math.max(
                forward.workspaceBytes(),
                Math.max(
                        backwardData.map(Algorithm::workspaceBytes).orElse(0L),
                        backwardWeights.map(Algorithm::workspaceBytes).orElse(0L)));
        return CudaLinear.aligned(most);
    }

    @Override
    public String describe() {
        return "cuDNN algorithm " + forward.number()
                + backwardData.map(each -> ", data " + each.number()).orElse("")
                + backwardWeights.map(each -> ", weights " + each.number()).orElse("")
                + (padded.isPresent() ? ", source padded" : "");
    }

    @Override
    public void close() {
        descriptors.close();
        one.close();
        zero.close();
    }
}
