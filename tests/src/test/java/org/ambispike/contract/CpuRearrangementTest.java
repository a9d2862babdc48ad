package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;

class CpuRearrangementTest extends RearrangementContract {
    @Override
    Backend backend() {
        return CpuBackend.open(Precision.F32, 0);
    }
}
