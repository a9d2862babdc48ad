package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.graph.PoolGeometry;

/** Average pooling over windows that meet, and over such that overlap. */
final class PoolWork {
    private static final int BATCH = 3;
    private static final List<PoolGeometry> GEOMETRIES =
            List.of(new PoolGeometry(8, 8, 12, 2, 2), new PoolGeometry(7, 9, 5, 3, 2));

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
        return results;
    }
}
