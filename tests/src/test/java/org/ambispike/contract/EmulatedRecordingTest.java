package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedRecordingTest extends RecordingContract {
    @Override
    Backend backend(boolean graphs) {
        return CudaDevice.emulated(graphs);
    }

    @Override
    String recorded() {
        return "a CUDA graph";
    }
}
