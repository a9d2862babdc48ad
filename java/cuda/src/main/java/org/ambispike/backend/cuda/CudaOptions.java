package org.ambispike.backend.cuda;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.io.UserCache;

/**
 * How the CUDA backend works; the results are those of the precision with any of them.
 *
 * @param graphs whether work that repeats is captured as CUDA graphs
 * @param algorithms the folder that keeps measured choices among cuDNN's algorithms; without one, its heuristics choose
 */
public record CudaOptions(boolean graphs, Optional<Path> algorithms) {
    /**
     * What the environment says: graphs unless {@code AMBISPIKE_CUDA_GRAPHS} is 0, and algorithms measured where
     * {@code AMBISPIKE_CUDA_AUTOTUNE} is 1.
     */
    public static CudaOptions fromEnvironment() {
        CudaOptions options = new CudaOptions(!"0".equals(System.getenv("AMBISPIKE_CUDA_GRAPHS")), Optional.empty());
        return "1".equals(System.getenv("AMBISPIKE_CUDA_AUTOTUNE")) ? options.withAutotune() : options;
    }

    /** What is not as usual, to be added to a description. */
    String describe() {
        return (graphs ? "" : ", without graphs") + (algorithms.isPresent() ? ", measured algorithms" : "");
    }

    /** With algorithms measured once for each shape, and kept in the user's cache. */
    public CudaOptions withAutotune() {
        return new CudaOptions(graphs, Optional.of(UserCache.folder()));
    }

    /** With cuDNN's heuristics. */
    public CudaOptions withoutAutotune() {
        return new CudaOptions(graphs, Optional.empty());
    }
}
