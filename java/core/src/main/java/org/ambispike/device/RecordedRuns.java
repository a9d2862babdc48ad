package org.ambispike.device;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.RecordedWork;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.PoolGeometry;

/**
 * Recorded work against the same calls one by one on the same backend. The first run is direct, the second is recorded and
 * later ones are of the recording where a backend makes one: each has inputs of its own.
 */
final class RecordedRuns {
    private static final int RUNS = 4;
    private static final int BATCH = 2;
    private static final int STEPS = 3;
    private static final PoolGeometry WINDOWS = new PoolGeometry(8, 8, 16, 2, 2);

    private RecordedRuns() {}

    static Difference between(Backend reference, Backend candidate) {
        long rows = (long) BATCH * WINDOWS.height() * WINDOWS.width();
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, 0.1, STEPS, rows, WINDOWS.channels(), false, false);
        long pooledCount = STEPS * BATCH * WINDOWS.outputShape().elements();
        Difference worst = new Difference(0, 0);
        try (Workspace space = new Workspace(candidate, 4);
                PoolKernel pool = candidate.planAveragePool("pool", WINDOWS, STEPS * BATCH)) {
            DeviceBuffer drive = space.bytes("drive", STEPS * layout.neurons() * Float.BYTES);
            DeviceBuffer parameters = space.uniform("parameters", 4L * layout.channels(), 0.1, 0.9);
            DeviceBuffer spikes = space.result("spikes", STEPS * layout.neurons());
            DeviceBuffer pooled = space.result("pooled", pooledCount);
            DeviceBuffer mean = space.result("mean", pooledCount);
            Runnable calls = () -> {
                candidate.spikeForward(
                        layout,
                        drive,
                        parameters,
                        DeviceBuffer.absent(),
                        false,
                        spikes,
                        DeviceBuffer.absent(),
                        DeviceBuffer.absent(),
                        1);
                pool.forward(spikes, pooled);
                candidate.runningMean(pooled, mean, pooledCount / STEPS, STEPS);
            };
            List<DeviceBuffer> buffers = List.of(drive, parameters, spikes, pooled, mean);
            try (RecordedWork recorded = candidate.record("self-check", buffers, calls)) {
                for (int run = 0; run < RUNS; run++) {
                    float[] values = space.gaussian(drive.floats());
                    candidate.upload(values, 0, values.length, drive);
                    calls.run();
                    float[] expected = space.floats(mean);
                    candidate.fill(mean, Float.NaN);
                    recorded.run();
                    worst = worst.orWorse(Difference.between(expected, space.floats(mean), 0));
                }
            }
        }
        return worst;
    }
}
