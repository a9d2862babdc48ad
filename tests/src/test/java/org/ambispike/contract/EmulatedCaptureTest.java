package org.ambispike.contract;

import org.ambispike.backend.Backend;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedCaptureTest extends CudaCaptureContract {
    @Override
    Backend backend(boolean graphs) {
        return CudaDevice.emulated(graphs);
    }
}
