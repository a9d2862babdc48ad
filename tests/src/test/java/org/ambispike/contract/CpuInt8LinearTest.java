package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

class CpuInt8LinearTest extends Int8LinearContract {
    @BeforeEach
    void needsInt8() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no products of bytes");
    }

    @Override
    Backend backend() {
        return CpuBackend.open(Precision.INT8, 2);
    }
}
