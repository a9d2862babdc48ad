package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;

class CpuLinearTest extends LinearContract {
    @Override
    Backend backend() {
        return CpuBackend.open(Precision.F32, 0);
    }

    @Override
    double tolerance() {
        return 1e-5;
    }
}
