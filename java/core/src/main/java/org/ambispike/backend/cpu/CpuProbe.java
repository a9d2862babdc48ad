package org.ambispike.backend.cpu;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/** Looks at the processor and the native libraries without opening a backend; never throws. */
public final class CpuProbe {
    private CpuProbe() {}

    /** Thread-safe. The first call loads the native libraries. */
    public static CpuFacts probe() {
        int cores = Runtime.getRuntime().availableProcessors();
        int isa;
        String version;
        try {
            isa = dnnl.dnnl_get_effective_cpu_isa();
            version = dnnlVersion();
        } catch (LinkageError e) {
            return new CpuFacts(
                    cores,
                    "unknown",
                    false,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    // A module of kernels that is not there may have been the one to require oneDNN's.
                    Optional.of(KernelLibraries.problem().orElseGet(() -> problem("oneDNN", e))));
        }
        Optional<String> missing = KernelLibraries.problem();
        if (missing.isPresent()) {
            return withoutKernels(cores, isa, version, missing.get());
        }
        try {
            return new CpuFacts(
                    cores,
                    instructions(isa),
                    hasBf16(isa),
                    hasInt8(isa),
                    Optional.of(version),
                    Optional.of(kernels(Kernels.ambi_isa())),
                    Optional.empty());
        } catch (LinkageError e) {
            return withoutKernels(cores, isa, version, problem("the kernels' library", e));
        }
    }

    private static CpuFacts withoutKernels(int cores, int isa, String version, String problem) {
        return new CpuFacts(
                cores,
                instructions(isa),
                hasBf16(isa),
                hasInt8(isa),
                Optional.of(version),
                Optional.empty(),
                Optional.of(problem));
    }

    private static String problem(String library, LinkageError e) {
        return library + " could not be loaded: " + e;
    }

    private static String dnnlVersion() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    private static String kernels(int isa) {
        return switch (isa) {
            case 3 -> "avx512";
            case 2 -> "avx2";
            default -> "baseline";
        };
    }

    private static boolean hasBf16(int isa) {
        return includes(isa, dnnl.dnnl_cpu_isa_avx512_core_bf16) || includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni_2);
    }

    private static boolean hasInt8(int isa) {
        return includes(isa, dnnl.dnnl_cpu_isa_avx512_core_vnni) || includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni);
    }

    /** oneDNN's numbers of instruction sets are masks: a set includes all whose bits it has. */
    private static boolean includes(int isa, int other) {
        return (isa & other) == other;
    }

    private static String instructions(int isa) {
        if (includes(isa, dnnl.dnnl_cpu_isa_avx512_core_amx)) {
            return "AVX-512 with bf16 and AMX";
        }
        if (includes(isa, dnnl.dnnl_cpu_isa_avx512_core_bf16)) {
            return "AVX-512 with bf16";
        }
        if (includes(isa, dnnl.dnnl_cpu_isa_avx512_core)) {
            return "AVX-512";
        }
        if (includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni_2)) {
            return "AVX2 with bf16";
        }
        if (includes(isa, dnnl.dnnl_cpu_isa_avx2)) {
            return "AVX2";
        }
        return "SSE";
    }
}
