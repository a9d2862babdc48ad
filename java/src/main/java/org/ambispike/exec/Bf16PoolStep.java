package org.ambispike.exec;

import org.ambispike.backend.Bf16Operations;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.tensor.PoolGeometry;

/** Average pooling of spikes in bf16. */
final class Bf16PoolStep extends InferenceStep {
    private final Bf16Operations bf16;
    private final PoolGeometry geometry;
    private final int images;

    Bf16PoolStep(Bf16Operations bf16, PoolGeometry geometry, int images, Slot input, Slot output) {
        super(input, output);
        this.bf16 = bf16;
        this.geometry = geometry;
        this.images = images;
    }

    @Override
    void forward() {
        bf16.averagePool(geometry, images, input().buffer(), output().buffer());
    }
}
