package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaLinearTf32Test extends LinearContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.TF32);
    }

    @Override
    double tolerance() {
        return 2e-3;
    }
}
