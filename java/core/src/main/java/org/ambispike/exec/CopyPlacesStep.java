package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra;

/** A map along the axes of an image that only copies, of elements of any type. */
final class CopyPlacesStep extends InferenceStep {
    private final Backend backend;
    private final ResampleStep.Tables tables;
    private final long images;
    private final LinearAlgebra.Element element;
    private final Optional<CopiedLevels> levels;

    /** @param levels where the elements are levels in bytes */
    CopyPlacesStep(
            Backend backend,
            ResampleStep.Tables tables,
            long images,
            LinearAlgebra.Element element,
            Optional<CopiedLevels> levels,
            StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.tables = tables;
        this.images = images;
        this.element = element;
        this.levels = levels;
    }

    @Override
    void attach() {
        tables.upload(backend);
    }

    @Override
    void prepare() {
        levels.ifPresent(CopiedLevels::prepare);
    }

    @Override
    void forward() {
        DeviceBuffer table = tables.slot().buffer();
        backend.linear().copyPlaces(tables.tables(), table, input().buffer(), output().buffer(), images, element);
    }
}
