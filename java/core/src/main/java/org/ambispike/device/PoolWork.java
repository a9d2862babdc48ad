package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.PoolGeometry;

/** Average pooling, and max pooling through time, over windows that meet, and over such that overlap. */
final class PoolWork {
    private static final int BATCH = 3;
    private static final List<PoolGeometry> GEOMETRIES =
            List.of(new PoolGeometry(8, 8, 12, 2, 2), new PoolGeometry(7, 9, 5, 3, 2));

    private static final int STEPS = 5;
    private static final List<MaxPoolGeometry> MAXIMA =
            List.of(MaxPoolGeometry.square(8, 8, 12, 2, 2, 0), MaxPoolGeometry.square(7, 9, 5, 3, 2, 1));

    private PoolWork() {}

    static List<float[]> passes(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (PoolGeometry geometry : GEOMETRIES) {
            long inputs = (long) BATCH * geometry.height() * geometry.width() * geometry.channels();
            long outputs = BATCH * geometry.outputShape().elements();
            try (Workspace space = new Workspace(backend, geometry.channels());
                    PoolKernel pool = backend.linear().planAveragePool("pool", geometry, BATCH)) {
                DeviceBuffer dst = space.result("dst", outputs);
                DeviceBuffer gradSrc = space.result("gradSrc", inputs);
                pool.forward(space.gaussian("src", inputs), dst);
                pool.backward(space.gaussian("gradDst", outputs), gradSrc);
                results.add(space.floats(dst));
                results.add(space.floats(gradSrc));
            }
        }
        MAXIMA.forEach(geometry -> results.addAll(maxima(backend, geometry)));
        return results;
    }

    /** The order of additions is the same on all devices, so that the same places have the largest sums. */
    private static List<float[]> maxima(Backend backend, MaxPoolGeometry geometry) {
        MaxPoolLayout layout = new MaxPoolLayout(geometry, BATCH, STEPS, false);
        long inputs = STEPS * BATCH * geometry.inputShape().elements();
        long outputs = STEPS * BATCH * geometry.outputShape().elements();
        try (Workspace space = new Workspace(backend, geometry.channels())) {
            DeviceBuffer drive = space.gaussian("drive", inputs);
            DeviceBuffer pooled = space.result("pooled", outputs);
            DeviceBuffer argmax = space.bytes("argmax", outputs);
            DeviceBuffer gradDrive = space.result("gradDrive", inputs);
            DeviceBuffer spikes = space.result("spikes", outputs);
            DeviceBuffer absent = DeviceBuffer.absent();
            DeviceBuffer parameters = space.uniform("parameters", 5L * geometry.channels(), 0.1, 0.9);
            SpikeBuffers neurons = new SpikeBuffers(drive, parameters, absent, spikes, absent, absent);
            backend.neurons().maxPoolForward(layout, drive, absent, pooled, argmax, false);
            backend.neurons().spikeForward(behind(geometry), neurons, false, 1);
            backend.neurons().maxPoolBackward(layout, space.gaussian("gradPooled", outputs), argmax, gradDrive);
            return List.of(space.floats(pooled), space.floats(spikes), space.floats(gradDrive));
        }
    }

    private static SpikeLayout behind(MaxPoolGeometry geometry) {
        long rows = BATCH * geometry.outputShape().elements() / geometry.channels();
        return new SpikeLayout(NeuronModel.PAIR, STEPS, rows, geometry.channels(), false, false)
                .behind(Optional.of(geometry));
    }
}
