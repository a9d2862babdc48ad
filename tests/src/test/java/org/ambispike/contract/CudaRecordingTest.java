package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaRecordingTest extends RecordingContract {
    @Override
    Backend backend(boolean graphs) {
        return CudaDevice.open(Precision.F32, graphs);
    }

    @Override
    String recorded() {
        return "a CUDA graph";
    }
}
