package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;

class CudaOptimiserTest extends OptimiserContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.F32);
    }
}
