package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedMaxPoolTest extends CudaMaxPoolContract {
    @Override
    Backend backend() {
        return CudaDevice.emulated(Precision.BF16, true);
    }
}
