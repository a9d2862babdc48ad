package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.PoolGeometry;

/** Average pooling of spikes in bf16 or bytes; gives bf16. */
final class Bf16PoolStep extends InferenceStep {
    private final Bf16Operations bf16;
    private final PoolGeometry geometry;
    private final int images;
    private final Optional<NeuronParameters> neurons;
    private DeviceBuffer thresholds = DeviceBuffer.absent();

    /** @param neurons that emit the spikes, where those are bytes */
    Bf16PoolStep(
            Bf16Operations bf16,
            PoolGeometry geometry,
            int images,
            Optional<NeuronParameters> neurons,
            Slot input,
            Slot output) {
        super(input, output);
        this.bf16 = bf16;
        this.geometry = geometry;
        this.images = images;
        this.neurons = neurons;
    }

    /** The first two rows of the neurons' parameters. */
    @Override
    void attach() {
        neurons.ifPresent(given -> thresholds = given.values().slice("thresholds", 0, 2L * geometry.channels()));
    }

    @Override
    void forward() {
        if (neurons.isPresent()) {
            bf16.averagePoolOfBytes(geometry, images, input().buffer(), thresholds, output().buffer());
        } else {
            bf16.averagePool(geometry, images, input().buffer(), output().buffer());
        }
    }
}
