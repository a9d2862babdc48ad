package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedSessionsTest extends SessionsContract {
    EmulatedSessionsTest() {
        super(60, 0);
    }

    @Override
    Backend watch() {
        return CudaDevice.emulated(Precision.F32, true);
    }
}
