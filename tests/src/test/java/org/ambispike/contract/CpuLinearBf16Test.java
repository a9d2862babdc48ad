package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

class CpuLinearBf16Test extends LinearContract {
    @BeforeEach
    void needsBf16() {
        Assumptions.assumeTrue(CpuProbe.probe().bf16(), "this processor has no bfloat16 instructions");
    }

    @Override
    Backend backend() {
        return CpuBackend.open(Precision.BF16, 0);
    }

    @Override
    double tolerance() {
        return 1e-2;
    }
}
