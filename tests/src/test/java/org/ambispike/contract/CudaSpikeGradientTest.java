package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;

class CudaSpikeGradientTest extends SpikeGradientContract {
    @Override
    Backend backend() {
        return CudaDevice.open(Precision.F32);
    }
}
