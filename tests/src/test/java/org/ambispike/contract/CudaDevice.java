package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Assumptions;

/** The GPU of this machine, and the one that the host emulates. */
final class CudaDevice {
    private CudaDevice() {}

    /** Skips the test, with the reason, where there is no GPU; fails it there with AMBISPIKE_REQUIRE_GPU=1. */
    static Backend open(Precision precision) {
        return open(precision, true);
    }

    /** @param graphs whether repeated work is captured */
    static Backend open(Precision precision, boolean graphs) {
        Optional<String> problem = CudaProbe.probe().problem();
        if (problem.isPresent() && "1".equals(System.getenv("AMBISPIKE_REQUIRE_GPU"))) {
            fail("AMBISPIKE_REQUIRE_GPU=1, and " + problem.get());
        }
        Assumptions.assumeTrue(problem.isEmpty(), () -> "no GPU: " + problem.orElse(""));
        return CudaBackend.open(precision, new CudaOptions(graphs, Optional.empty()));
    }

    /** The kernels as g++ compiled them, and what stands for cuDNN and cuBLAS. */
    static Backend emulated() {
        return emulated(true);
    }

    static Backend emulated(boolean graphs) {
        return emulated(Precision.F32, graphs);
    }

    static Backend emulated(Precision precision, boolean graphs) {
        Backend backend = CudaBackend.open(precision, new CudaOptions(graphs, Optional.empty()));
        assertThat(backend.describe()).contains("emulated device");
        return backend;
    }
}
