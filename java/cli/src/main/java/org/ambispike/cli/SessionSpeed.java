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
import org.ambispike.run.Throughput;

/** Times a session that runs batches of images, as programs that embed the library have it. For one thread. */
final class SessionSpeed implements Measurements.Speed {
    private static final int BATCH = 100;

    private final SessionOptions options;
    private final ImagePool images;
    private final int batch;

    /** @param options where to compute, in what precision and with how many threads */
    SessionSpeed(Dataset dataset, SessionOptions options) {
        this.batch = Math.min(BATCH, dataset.size());
        this.images = ImagePool.of(dataset, batch);
        this.options = options.withBatch(batch).withInput(SessionOptions.Input.NORMALISED);
    }

    @Override
    public double imagesPerSecond(Model model, int timeSteps) {
        FloatBuffer logits = FloatBuffer.allocate(batch * model.outputLength());
        if (model instanceof AnnModel ann) {
            try (AnnSession session = ann.openSession(options)) {
                return Throughput.measure(() -> session.runInto(images.take(batch), logits), batch);
            }
        }
        SpikingModel snn = (SpikingModel) model;
        try (SpikingSession session = snn.openSession(options.withLargestTimeSteps(timeSteps))) {
            return Throughput.measure(() -> session.runInto(images.take(batch), timeSteps, logits), batch);
        }
    }
}
