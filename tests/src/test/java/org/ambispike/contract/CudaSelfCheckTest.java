package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaSelfCheckTest extends SelfCheckContract {
    @Override
    Backend backend(Precision precision) {
        return CudaDevice.open(precision);
    }
}
