package org.ambispike.exec;

import org.ambispike.backend.Int8Operations;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.PoolGeometry;

/** Average pooling of spikes in bytes: sums of windows in bytes, or their means as f32. */
final class Int8PoolStep extends InferenceStep {
    private final Int8Operations int8;
    private final PoolGeometry geometry;
    private final long images;
    private final Levels levels;
    private final boolean toBytes;

    Int8PoolStep(
            Int8Operations int8,
            PoolGeometry geometry,
            long images,
            Levels levels,
            boolean toBytes,
            Slot input,
            Slot output) {
        super(input, output);
        this.int8 = int8;
        this.geometry = geometry;
        this.images = images;
        this.levels = levels;
        this.toBytes = toBytes;
    }

    @Override
    void forward() {
        if (toBytes) {
            int8.sumPool(geometry, images, input().buffer(), output().buffer());
        } else {
            int8.averagePool(geometry, images, input().buffer(), levels.unit(), output().buffer());
        }
    }
}
