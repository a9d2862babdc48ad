package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaPoolTest extends PoolContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.F32);
    }
}
