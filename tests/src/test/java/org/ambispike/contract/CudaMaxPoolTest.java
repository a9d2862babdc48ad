package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaMaxPoolTest extends CudaMaxPoolContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.BF16);
    }
}
