package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("emulated")
class EmulatedSelfCheckTest extends SelfCheckContract {
    @Override
    Backend backend(Precision precision) {
        return CudaDevice.emulated(precision, true);
    }

    /** What tells one build of the kernels from another. */
    @Test
    void theKernelsHaveADigest() {
        assertThat(CudaProbe.kernelsDigest()).matches("[0-9a-f]{16}").isEqualTo(CudaProbe.kernelsDigest());
    }
}
