package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaLinearTest extends LinearContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.F32);
    }

    @Override
    double tolerance() {
        return 1e-4;
    }
}
