package org.ambispike.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.ambispike.backend.cuda.AlgorithmChoice.Algorithm;
import org.ambispike.backend.cuda.AlgorithmChoice.Candidate;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * What cuDNN offers for one pass of a convolution. Its three passes have functions and lists of their own, alike but for
 * their types.
 *
 * @param <L> the list of results
 */
final class CudnnSearch<L extends Pointer> implements AlgorithmChoice.Search {
    private static final int MOST_ALGORITHMS = 16;

    /** Fills a list, and tells how many there are; returns cuDNN's status. */
    private interface Lister<L> {
        int list(int most, int[] found, L list);
    }

    /** Writes the bytes of workspace; returns cuDNN's status. */
    private interface Sizes {
        int of(int number, SizeTPointer bytes);
    }

    private final IntFunction<L> lists;
    private final Lister<L> heuristics;
    private final Lister<L> measurement;
    private final Function<L, Candidate> first;
    private final Sizes sizes;
    private final ConvolutionDescriptors descriptors;
    private final Predicate<Algorithm> trial;

    private CudnnSearch(
            IntFunction<L> lists,
            Lister<L> heuristics,
            Lister<L> measurement,
            Function<L, Candidate> first,
            Sizes sizes,
            ConvolutionDescriptors descriptors,
            Predicate<Algorithm> trial) {
        this.descriptors = descriptors;
        this.trial = trial;
        this.lists = lists;
        this.heuristics = heuristics;
        this.measurement = measurement;
        this.first = first;
        this.sizes = sizes;
    }

    static AlgorithmChoice.Search forward(cudnnContext handle, ConvolutionDescriptors of, Predicate<Algorithm> trial) {
        return new CudnnSearch<>(
                cudnnConvolutionFwdAlgoPerf_t::new,
                (most, found, list) -> cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                        handle, of.src(), of.weights(), of.convolution(), of.dst(), most, found, list),
                (most, found, list) -> cudnn.cudnnFindConvolutionForwardAlgorithm(
                        handle, of.src(), of.weights(), of.convolution(), of.dst(), most, found, list),
                each -> candidate(of, each.algo(), each.status(), each.determinism(), each.mathType()),
                (number, bytes) -> cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                        handle, of.src(), of.weights(), of.convolution(), of.dst(), number, bytes),
                of,
                trial);
    }

    static AlgorithmChoice.Search backwardData(
            cudnnContext handle, ConvolutionDescriptors of, Predicate<Algorithm> trial) {
        return new CudnnSearch<>(
                cudnnConvolutionBwdDataAlgoPerf_t::new,
                (most, found, list) -> cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                        handle, of.weights(), of.dst(), of.convolution(), of.src(), most, found, list),
                (most, found, list) -> cudnn.cudnnFindConvolutionBackwardDataAlgorithm(
                        handle, of.weights(), of.dst(), of.convolution(), of.src(), most, found, list),
                each -> candidate(of, each.algo(), each.status(), each.determinism(), each.mathType()),
                (number, bytes) -> cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                        handle, of.weights(), of.dst(), of.convolution(), of.src(), number, bytes),
                of,
                trial);
    }

    static AlgorithmChoice.Search backwardWeights(
            cudnnContext handle, ConvolutionDescriptors of, Predicate<Algorithm> trial) {
        return new CudnnSearch<>(
                cudnnConvolutionBwdFilterAlgoPerf_t::new,
                (most, found, list) -> cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                        handle, of.src(), of.dst(), of.convolution(), of.weights(), most, found, list),
                (most, found, list) -> cudnn.cudnnFindConvolutionBackwardFilterAlgorithm(
                        handle, of.src(), of.dst(), of.convolution(), of.weights(), most, found, list),
                each -> candidate(of, each.algo(), each.status(), each.determinism(), each.mathType()),
                (number, bytes) -> cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                        handle, of.src(), of.dst(), of.convolution(), of.weights(), number, bytes),
                of,
                trial);
    }

    private static Candidate candidate(ConvolutionDescriptors of, int number, int status, int determinism, int math) {
        return new Candidate(
                number,
                status == cudnn.CUDNN_STATUS_SUCCESS && of.allows(math),
                determinism == cudnn.CUDNN_DETERMINISTIC,
                math);
    }

    @Override
    public List<Candidate> guessed() {
        return candidates(heuristics);
    }

    /** cuDNN allocates the arrays for it, and lets go of them. */
    @Override
    public List<Candidate> measured() {
        return candidates(measurement);
    }

    private List<Candidate> candidates(Lister<L> lister) {
        descriptors.use(descriptors.arithmetic());
        int[] found = new int[1];
        try (L list = lists.apply(MOST_ALGORITHMS)) {
            CudaStatus.checkCudnn(descriptors.label(), lister.list(MOST_ALGORITHMS, found, list));
            List<Candidate> candidates = new ArrayList<>();
            for (int index = 0; index < found[0]; index++) {
                list.position(index);
                candidates.add(first.apply(list));
            }
            list.position(0);
            return candidates;
        }
    }

    @Override
    public OptionalLong workspaceBytes(int number, int math) {
        descriptors.use(math);
        try (SizeTPointer bytes = new SizeTPointer(1)) {
            return sizes.of(number, bytes) == cudnn.CUDNN_STATUS_SUCCESS
                    ? OptionalLong.of(bytes.get())
                    : OptionalLong.empty();
        }
    }

    @Override
    public boolean runs(Algorithm algorithm) {
        return trial.test(algorithm);
    }
}
