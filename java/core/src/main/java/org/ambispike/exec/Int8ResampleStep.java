package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;

/** A linear map along the axes of an image, of levels in bytes; gives f32. */
final class Int8ResampleStep extends InferenceStep {
    private final Backend backend;
    private final Int8Operations int8;
    private final ResampleStep.Tables tables;
    private final Levels levels;
    private final long images;

    Int8ResampleStep(Backend backend, ResampleStep.Tables tables, Levels levels, long images, StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.int8 = backend.int8().orElseThrow();
        this.tables = tables;
        this.levels = levels;
        this.images = images;
    }

    @Override
    void attach() {
        tables.upload(backend);
    }

    @Override
    void forward() {
        DeviceBuffer table = tables.slot().buffer();
        int8.resample(tables.tables(), table, input().buffer(), levels.unit(), output().buffer(), images);
    }
}
