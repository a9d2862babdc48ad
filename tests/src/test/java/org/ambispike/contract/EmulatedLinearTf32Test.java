package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedLinearTf32Test extends LinearContract {
    @Override
    Backend backend() {
        return CudaDevice.emulated(Precision.TF32, true);
    }

    @Override
    double tolerance() {
        return 2e-3;
    }
}
