package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedSpikeGradientTest extends SpikeGradientContract {
    @Override
    Backend backend() {
        return CudaDevice.emulated();
    }
}
