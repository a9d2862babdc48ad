package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;

/** A linear map along the axes of an image, in bf16. */
final class Bf16ResampleStep extends InferenceStep {
    private final Backend backend;
    private final Bf16Operations bf16;
    private final ResampleStep.Tables tables;
    private final long images;

    Bf16ResampleStep(Backend backend, ResampleStep.Tables tables, long images, StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.bf16 = backend.bf16().orElseThrow();
        this.tables = tables;
        this.images = images;
    }

    @Override
    void attach() {
        tables.upload(backend);
    }

    @Override
    void forward() {
        DeviceBuffer table = tables.slot().buffer();
        bf16.resample(tables.tables(), table, input().buffer(), output().buffer(), images);
    }
}
