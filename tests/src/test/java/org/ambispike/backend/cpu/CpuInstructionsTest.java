package org.ambispike.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuInstructionsTest {
    /** oneDNN's numbers for arm64 are those of other sets on x86-64: 0x27 is AVX-512 there. */
    @ParameterizedTest
    @CsvSource({
        "0x1, NEON",
        "0x3, SVE of 128 bits",
        "0x7, SVE of 256 bits",
        "0xf, SVE of 384 bits",
        "0x27, SVE of 512 bits"
    })
    void readsMasksOfArm(String mask, String description) {
        CpuInstructions read = CpuInstructions.of("linux-arm64", Integer.decode(mask));
        assertThat(read.description()).isEqualTo(description);
        assertThat(read.bf16() || read.int8()).isFalse();
        assertThat(read.kernels(0)).isEqualTo("neon");
    }

    @Test
    void readsMasksOfX86() {
        CpuInstructions vnni = CpuInstructions.of("linux-x86_64", dnnl.dnnl_cpu_isa_avx512_core_vnni);
        assertThat(vnni.description()).isEqualTo("AVX-512");
        assertThat(vnni.int8()).isTrue();
        assertThat(vnni.bf16()).isFalse();
        assertThat(CpuInstructions.of("linux-x86_64", dnnl.dnnl_cpu_isa_avx2).description())
                .isEqualTo("AVX2");
        assertThat(vnni.kernels(3)).isEqualTo("avx512");
        assertThat(vnni.kernels(0)).isEqualTo("baseline");
    }
}
