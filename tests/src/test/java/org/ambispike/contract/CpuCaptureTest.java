package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;

class CpuCaptureTest extends CaptureContract {
    @Override
    Backend backend(boolean graphs) {
        return CpuBackend.open(Precision.F32, 2);
    }

    @Override
    String captured() {
        return "call by call";
    }
}
