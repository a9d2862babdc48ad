package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.junit.jupiter.api.Assumptions;

/** What the kernels run on. A process has the emulated GPU or the others, for they share the name of a library. */
public enum TestDevice {
    /** Skips, with the reason, what the processor has no instructions for. */
    CPU {
        @Override
        public Backend open(Precision precision, boolean graphs) {
            try {
                return CpuBackend.open(precision, 0);
            } catch (PrecisionException e) {
                return Assumptions.abort(e.getMessage());
            }
        }
    },
    /** The GPU of this machine: skips, with the reason, where there is none; fails there with AMBISPIKE_REQUIRE_GPU=1. */
    CUDA {
        @Override
        public Backend open(Precision precision, boolean graphs) {
            Optional<String> problem = CudaProbe.probe().problem();
            if (problem.isPresent() && isOnlyGpu()) {
                fail("AMBISPIKE_REQUIRE_GPU=1, and " + problem.get());
            }
            Assumptions.assumeTrue(problem.isEmpty(), () -> "no GPU: " + problem.orElse(""));
            return CudaBackend.open(precision, new CudaOptions(graphs, Optional.empty()));
        }
    },
    /** The kernels as g++ compiled them, and what stands for cuDNN and cuBLAS. */
    EMULATED {
        @Override
        public Backend open(Precision precision, boolean graphs) {
            Backend backend = CudaBackend.open(precision, new CudaOptions(graphs, Optional.empty()));
            assertThat(backend.describe()).contains("emulated device");
            return backend;
        }
    };

    /** @param graphs whether a GPU captures what it repeats */
    public abstract Backend open(Precision precision, boolean graphs);

    Backend open(Precision precision) {
        return open(precision, true);
    }

    /** Whether the GPU of this machine is what is checked, and the CPU was checked elsewhere. */
    private static boolean isOnlyGpu() {
        return "1".equals(System.getenv("AMBISPIKE_REQUIRE_GPU"));
    }

    private static boolean isEmulatedHere() {
        return System.getProperty("java.library.path", "").endsWith("cuda/emulated");
    }

    static Stream<TestDevice> all() {
        return isEmulatedHere() || isOnlyGpu() ? gpus() : Stream.of(CPU, CUDA);
    }

    static Stream<TestDevice> gpus() {
        return Stream.of(isEmulatedHere() ? EMULATED : CUDA);
    }

    static Stream<TestDevice> cpu() {
        return Stream.of(CPU);
    }
}
