package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaLinearBf16Test extends LinearContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.BF16);
    }

    @Override
    double tolerance() {
        return 1e-2;
    }
}
