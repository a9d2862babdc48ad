package org.ambispike.backend.cpu;

import org.bytedeco.dnnl.global.dnnl;

/**
 * What one of oneDNN's numbers of instruction sets means. They are masks: a set includes all whose bits it has; and the same
 * numbers mean other sets on other architectures.
 *
 * @param description what oneDNN will use, in words
 * @param bf16 whether oneDNN multiplies bfloat16 with instructions of the processor
 * @param int8 whether it multiplies bytes so
 * @param baseline what our own kernels run where they did not choose a variant
 */
record CpuInstructions(String description, boolean bf16, boolean int8, String baseline) {
    private static final int SVE_128 = 0x3;
    private static final int SVE_256 = 0x7;
    private static final int SVE_384 = 0xf;
    /** What oneDNN calls the set to users; within, it has the bits 0x1f. */
    private static final int SVE_512 = 0x27;

    /** @param platform as JavaCPP names it, for example {@code linux-arm64} */
    static CpuInstructions of(String platform, int isa) {
        return platform.endsWith("-arm64") ? arm(isa) : x86(isa);
    }

    private static CpuInstructions arm(int isa) {
        String description = "NEON";
        if (includes(isa, SVE_512) || includes(isa, 0x1f)) {
            description = "SVE of 512 bits";
        } else if (includes(isa, SVE_384)) {
            description = "SVE of 384 bits";
        } else if (includes(isa, SVE_256)) {
            description = "SVE of 256 bits";
        } else if (includes(isa, SVE_128)) {
            description = "SVE of 128 bits";
        }
        return new CpuInstructions(description, false, false, "neon");
    }

    private static CpuInstructions x86(int isa) {
        boolean bf16 =
                includes(isa, dnnl.dnnl_cpu_isa_avx512_core_bf16) || includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni_2);
        boolean int8 = includes(isa, dnnl.dnnl_cpu_isa_avx512_core_vnni) || includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni);
        return new CpuInstructions(describe(isa), bf16, int8, "baseline");
    }

    private static boolean includes(int isa, int other) {
        return (isa & other) == other;
    }

    private static String describe(int isa) {
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

    /** Names the variant of our own kernels by what they say of themselves. */
    String kernels(int variant) {
        return switch (variant) {
            case 3 -> "avx512";
            case 2 -> "avx2";
            default -> baseline;
        };
    }
}
