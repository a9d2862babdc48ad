package org.ambispike.backend.cpu;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/** Looks at the processor and the native libraries without opening a backend; never throws. */
public final class CpuProbe {
    private CpuProbe() {}

    /** Thread-safe. The first call loads the native libraries. */
    public static CpuFacts probe() {
        int cores = Runtime.getRuntime().availableProcessors();
        CpuInstructions isa;
        String version;
        try {
            KernelLibraries.prepare();
            isa = CpuInstructions.of(Loader.getPlatform(), dnnl.dnnl_get_effective_cpu_isa());
            version = dnnlVersion();
        } catch (LinkageError | IllegalCallerException e) {
            return new CpuFacts(
                    cores,
                    "unknown",
                    false,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    // A module of kernels that is not there may have been the one to require oneDNN's.
                    Optional.of(KernelLibraries.problem().orElseGet(() -> KernelLibraries.explain("oneDNN", e))));
        }
        Optional<String> missing = KernelLibraries.problem();
        if (missing.isPresent()) {
            return withoutKernels(cores, isa, version, missing.get());
        }
        try {
            return new CpuFacts(
                    cores,
                    isa.description(),
                    isa.bf16(),
                    isa.int8(),
                    Optional.of(version),
                    Optional.of(isa.kernels(Kernels.ambi_isa())),
                    Optional.empty());
        } catch (LinkageError | IllegalCallerException e) {
            return withoutKernels(cores, isa, version, KernelLibraries.explain("the kernels' library", e));
        }
    }

    private static CpuFacts withoutKernels(int cores, CpuInstructions isa, String version, String problem) {
        return new CpuFacts(
                cores,
                isa.description(),
                isa.bf16(),
                isa.int8(),
                Optional.of(version),
                Optional.empty(),
                Optional.of(problem));
    }

    private static String dnnlVersion() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }
}
