package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaCaptureTest extends CudaCaptureContract {
    @Override
    Backend backend(boolean graphs) {
        return CudaDevice.open(Precision.F32, graphs);
    }
}
