package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;

class CudaTrainingStepTest extends TrainingStepContract {
    @Override
    Backend backend(boolean captures) {
        return CudaDevice.open(Precision.F32, captures);
    }
}
