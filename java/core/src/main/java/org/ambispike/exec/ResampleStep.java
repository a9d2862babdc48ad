package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.SampleTables;
import org.ambispike.exec.MemoryPlan.Slot;

/** A linear map along the axes of an image, for all images and steps. */
final class ResampleStep extends Step {
    /**
     * The tables of a map, and where they lie on the device.
     *
     * @param slot for {@link SampleTables#values}
     */
    record Tables(SampleTables tables, Slot slot) {
        void upload(Backend backend) {
            int[] values = tables.values();
            backend.memory().upload(values, 0, values.length, slot.buffer());
        }
    }

    private final Backend backend;
    private final Tables forward;
    private final Optional<Tables> adjoint;
    private final long images;

    /** @param adjoint for the backward pass */
    ResampleStep(Backend backend, Tables forward, Optional<Tables> adjoint, long images, StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.forward = forward;
        this.adjoint = adjoint;
        this.images = images;
    }

    @Override
    void attach() {
        forward.upload(backend);
        adjoint.ifPresent(tables -> tables.upload(backend));
    }

    @Override
    void forward() {
        backend.linear()
                .resample(forward.tables(), forward.slot().buffer(), input().buffer(), output().buffer(), images);
    }

    @Override
    void backward() {
        if (inputGradient().isPresent()) {
            Tables tables = adjoint.orElseThrow();
            backend.linear()
                    .resample(
                            tables.tables(),
                            tables.slot().buffer(),
                            outputGradient().buffer(),
                            inputGradient().get().buffer(),
                            images);
        }
    }
}
