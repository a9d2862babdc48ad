package org.ambispike.backend.cuda;

import org.ambispike.backend.Backend;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.GpuProvider;
import org.ambispike.common.Precision;

/** Provides the CUDA backend to the library. Thread-safe. */
public final class CudaProvider implements GpuProvider {
    @Override
    public GpuFacts probe() {
        return CudaProbe.probe();
    }

    @Override
    public Backend open(Precision precision, Tuning tuning) {
        CudaOptions options = CudaOptions.fromEnvironment();
        return CudaBackend.open(
                precision,
                switch (tuning) {
                    case ENVIRONMENT -> options;
                    case MEASURED -> options.withAutotune();
                    case HEURISTICS -> options.withoutAutotune();
                });
    }

    @Override
    public String kernelsDigest() {
        return CudaProbe.kernelsDigest();
    }
}
