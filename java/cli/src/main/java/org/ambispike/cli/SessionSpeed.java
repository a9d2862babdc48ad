package org.ambispike.cli;

import java.nio.FloatBuffer;
import org.ambispike.AnnModel;
import org.ambispike.AnnSession;
import org.ambispike.Model;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.data.Dataset;
import org.ambispike.paper.Measurements;
import org.ambispike.run.ImagePool;
import org.ambispike.run.PassPlan;
import org.ambispike.run.Throughput;

/** Times a session that runs batches of images, as programs that embed the library have it. For one thread. */
final class SessionSpeed implements Measurements.Speed {
    private static final int BATCH = 100;
    private static final int MOST_VALUES = 1 << 23;

    private final SessionOptions options;
    private final ImagePool images;
    private final int largestBatch;

    /** @param options where to compute, in what precision and with how many threads */
    SessionSpeed(Dataset dataset, SessionOptions options) {
        int most = Math.max(
                1,
                Math.min(
                        BATCH,
                        MOST_VALUES / Math.toIntExact(dataset.imageShape().elements())));
        this.largestBatch = Math.min(most, dataset.size());
        this.images = ImagePool.of(dataset, largestBatch);
        this.options = options.withInput(SessionOptions.Input.NORMALISED);
    }

    @Override
    public double imagesPerSecond(Model model, int timeSteps) {
        int batch = PassPlan.fitting(model.saved().graph(), largestBatch, timeSteps, false);
        SessionOptions fitting = options.withBatch(batch);
        FloatBuffer logits = FloatBuffer.allocate(batch * model.outputLength());
        if (model instanceof AnnModel ann) {
            try (AnnSession session = ann.openSession(fitting)) {
                return Throughput.measure(() -> session.runInto(images.take(batch), logits), batch);
            }
        }
        SpikingModel snn = (SpikingModel) model;
        try (SpikingSession session = snn.openSession(fitting.withLargestTimeSteps(timeSteps))) {
            return Throughput.measure(() -> session.runInto(images.take(batch), timeSteps, logits), batch);
        }
    }
}
