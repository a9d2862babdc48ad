package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaProbe;
import org.junit.jupiter.api.Assumptions;

/** The GPU of this machine, and the one that the host emulates. */
final class CudaDevice {
    private CudaDevice() {}

    /** Skips the test, with the reason, where there is no GPU; fails it there with AMBISPIKE_REQUIRE_GPU=1. */
    static Backend open(Precision precision) {
        Optional<String> problem = CudaProbe.probe().problem();
        if (problem.isPresent() && "1".equals(System.getenv("AMBISPIKE_REQUIRE_GPU"))) {
            fail("AMBISPIKE_REQUIRE_GPU=1, and " + problem.get());
        }
        Assumptions.assumeTrue(problem.isEmpty(), () -> "no GPU: " + problem.orElse(""));
        return CudaBackend.open(precision);
    }

    /** The kernels as g++ compiled them; cuDNN and cuBLAS are not emulated. */
    static Backend emulated() {
        Backend backend = CudaBackend.open(Precision.F32);
        assertThat(backend.describe()).contains("emulated device");
        return backend;
    }
}
