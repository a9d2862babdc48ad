package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuFacts;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Test;

class CpuBackendTest {
    @Test
    void theBackendDescribesItself() {
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            assertThat(backend.name()).isEqualTo("cpu");
            assertThat(backend.describe())
                    .matches("cpu: 1 thread, .*, oneDNN 3\\.\\d+\\.\\d+, kernels \\w+, precision f32");
        }
    }

    @Test
    void bf16IsRefusedWhereTheProcessorLacksIt() {
        CpuFacts facts = CpuProbe.probe();
        assertThat(facts.problem()).isEmpty();
        if (facts.bf16()) {
            try (Backend backend = CpuBackend.open(Precision.BF16, 0)) {
                assertThat(backend.precision()).isEqualTo(Precision.BF16);
            }
        } else {
            assertThatThrownBy(() -> CpuBackend.open(Precision.BF16, 0))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("bfloat16");
        }
    }
}
