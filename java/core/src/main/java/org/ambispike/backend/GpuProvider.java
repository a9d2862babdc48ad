package org.ambispike.backend;

import java.util.Optional;
import java.util.ServiceLoader;
import org.ambispike.common.Precision;

/**
 * Opens GPUs for the library, which knows none itself: the module {@code org.ambispike.cuda} provides one, found with
 * {@link ServiceLoader}, so that a program for the CPU carries no CUDA classes. Implementations are thread-safe.
 */
public interface GpuProvider {
    /** What to do where the program has no provider. */
    String MISSING = "this program holds no CUDA classes; add the artifact org.ambispike:ambispike-cuda";

    /** How a GPU's algorithms are chosen. */
    enum Tuning {
        /** As the environment says. */
        ENVIRONMENT,
        /** Measured once for each shape, and kept in the user's cache. */
        MEASURED,
        /** By heuristics. */
        HEURISTICS
    }

    /** Looks for a GPU and for what the backend needs of it; never throws, and prints nothing. */
    GpuFacts probe();

    /**
     * Opens the first GPU.
     *
     * @throws org.ambispike.common.PrecisionException if the device lacks the precision
     * @throws org.ambispike.common.BackendException if the device or a library cannot be used
     */
    Backend open(Precision precision, Tuning tuning);

    /**
     * Returns a digest of the kernels that this process loaded, to tell builds apart.
     *
     * @throws org.ambispike.common.BackendException if there are none, or they cannot be read
     */
    String kernelsDigest();

    /** Looks for a GPU through the provider, if there is one; never throws, and prints nothing. */
    static GpuFacts facts() {
        return find().map(GpuProvider::probe).orElseGet(() -> GpuFacts.missing(MISSING));
    }

    /** Finds the provider on the class or module path, if the program has one. */
    static Optional<GpuProvider> find() {
        return ServiceLoader.load(GpuProvider.class, GpuProvider.class.getClassLoader())
                .findFirst();
    }
}
