package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedTrainingStepTest extends TrainingStepContract {
    @Override
    Backend backend(boolean captures) {
        return CudaDevice.emulated(captures);
    }
}
