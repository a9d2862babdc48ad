package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaRearrangementTest extends RearrangementContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.F32);
    }
}
