package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedNetworkTest extends NetworkContract {
    @Override
    Backend backend(Precision precision) {
        return CudaDevice.emulated(precision, true);
    }
}
