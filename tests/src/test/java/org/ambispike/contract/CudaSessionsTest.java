package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

/** The driver takes and gives memory in larger pieces than it is asked for. */
class CudaSessionsTest extends SessionsContract {
    CudaSessionsTest() {
        super(100, 16L << 20);
    }

    @Override
    Backend watch() {
        return CudaDevice.open(Precision.F32);
    }
}
