package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedRearrangementTest extends RearrangementContract {
    @Override
    Backend backend() {
        return CudaDevice.emulated();
    }
}
