package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedBatchNormTest extends BatchNormContract {
    @Override
    Backend backend() {
        return CudaDevice.emulated();
    }
}
