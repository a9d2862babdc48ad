package org.ambispike.device;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.PoolGeometry;

/**
 * A captured graph against the same calls one by one on the same backend. The first run is direct, the second is captured and
 * later ones are replays where a backend makes a graph: each has inputs of its own.
 */
final class CapturedRuns {
    private static final int RUNS = 4;
    private static final int BATCH = 2;
    private static final int STEPS = 3;
    private static final PoolGeometry WINDOWS = new PoolGeometry(8, 8, 16, 2, 2);

    private CapturedRuns() {}

    static Difference between(Backend reference, Backend candidate) {
        long rows = (long) BATCH * WINDOWS.height() * WINDOWS.width();
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, STEPS, rows, WINDOWS.channels(), false, false);
        long pooledCount = STEPS * BATCH * WINDOWS.outputShape().elements();
        Difference worst = new Difference(0, 0);
        try (Workspace space = new Workspace(candidate, 4);
                PoolKernel pool = candidate.linear().planAveragePool("pool", WINDOWS, STEPS * BATCH)) {
            DeviceBuffer drive = space.bytes("drive", STEPS * layout.neurons() * Float.BYTES);
            DeviceBuffer parameters = space.uniform("parameters", 5L * layout.channels(), 0.1, 0.9);
            DeviceBuffer spikes = space.result("spikes", STEPS * layout.neurons());
            DeviceBuffer pooled = space.result("pooled", pooledCount);
            DeviceBuffer mean = space.result("mean", pooledCount);
            DeviceBuffer absent = DeviceBuffer.absent();
            SpikeBuffers layer = new SpikeBuffers(drive, parameters, absent, spikes, absent, absent);
            Runnable calls = () -> {
                candidate.neurons().spikeForward(layout, layer, false, 1);
                pool.forward(spikes, pooled);
                candidate.linear().runningMean(pooled, mean, pooledCount / STEPS, STEPS);
            };
            List<DeviceBuffer> buffers = List.of(drive, parameters, spikes, pooled, mean);
            try (CapturedGraph graph = candidate.capture("self-check", buffers, calls)) {
                for (int run = 0; run < RUNS; run++) {
                    float[] values = space.gaussian(drive.floats());
                    candidate.memory().upload(values, 0, values.length, drive);
                    calls.run();
                    float[] expected = space.floats(mean);
                    candidate.memory().fill(mean, Float.NaN);
                    graph.run();
                    worst = worst.orWorse(Difference.between(expected, space.floats(mean), 0));
                }
            }
        }
        return worst;
    }
}
