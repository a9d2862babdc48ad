package org.ambispike.bench;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;

/** Opens the backend that is measured. */
final class BenchBackend {
    private BenchBackend() {}

    /**
     * The CPU backend.
     *
     * @param threads 0 for all processors
     * @throws InputException where idle OpenMP threads would spin, which turns every figure into noise
     */
    static Backend open(Precision precision, int threads) {
        if (!"PASSIVE".equalsIgnoreCase(System.getenv("OMP_WAIT_POLICY"))) {
            throw new InputException("OMP_WAIT_POLICY is not PASSIVE; run through bench/run.sh, or set it");
        }
        return CpuBackend.open(precision, threads);
    }

    /**
     * The CPU backend for kernels of our own, which are the same in every precision; int8 has those over bytes as well.
     *
     * @param threads 0 for all processors
     */
    static Backend forKernels(int threads) {
        try {
            return open(Precision.INT8, threads);
        } catch (PrecisionException e) {
            return open(Precision.F32, threads);
        }
    }
}
