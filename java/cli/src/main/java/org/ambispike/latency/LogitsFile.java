package org.ambispike.latency;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.ambispike.SpikingSession;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.TensorFile;

/**
 * Images and what the network says of them, for other programs to compute the same: {@code images} [N, H, W, C],
 * normalised, {@code labels} [N], -1 where they are unknown, and {@code logits.T4} [N, classes] and the like for each T, all F32, in one safetensors
 * file.
 */
public final class LogitsFile {
    private static final int BATCH = 100;

    private LogitsFile() {}

    /** Runs all images for each T of a plan and replaces the file by the result, atomically. */
    public static void write(Path file, BenchmarkInput input, LatencyPlan plan) {
        Dataset dataset = input.images();
        int count = dataset.size();
        int length = Math.toIntExact(dataset.imageShape().elements());
        int classes = input.model().outputLength();
        float[] images = new float[Math.multiplyExact(count, length)];
        float[] labels = new float[count];
        Map<Integer, float[]> logits = new TreeMap<>();
        plan.timeSteps().forEach(t -> logits.put(t, new float[Math.multiplyExact(count, classes)]));
        int size = Math.min(BATCH, count);
        try (SpikingSession session = input.model().openSession(plan.session(size));
                Batches batches = Batches.open(dataset, BatchOptions.inOrder(size))) {
            batches.start(0);
            for (int from = 0; batches.advance(); from += batches.current().count()) {
                Batch batch = batches.current();
                System.arraycopy(batch.images(), 0, images, from * length, batch.count() * length);
                FloatBuffer values = FloatBuffer.wrap(batch.images(), 0, batch.count() * length);
                for (Map.Entry<Integer, float[]> answers : logits.entrySet()) {
                    session.runInto(
                            values,
                            answers.getKey(),
                            FloatBuffer.wrap(answers.getValue(), from * classes, batch.count() * classes));
                }
            }
        }
        for (int image = 0; image < count; image++) {
            labels[image] = dataset.labelled() ? dataset.label(image) : -1;
        }
        Map<String, HostTensor> tensors = new TreeMap<>();
        Shape shape = dataset.imageShape();
        tensors.put(
                "images", new HostTensor(Shape.of(count, shape.extent(0), shape.extent(1), shape.extent(2)), images));
        tensors.put("labels", new HostTensor(Shape.of(count), labels));
        logits.forEach((t, values) -> tensors.put("logits.T" + t, new HostTensor(Shape.of(count, classes), values)));
        TensorFile.write(
                file, Map.of("dataset", dataset.name(), "labelled", Boolean.toString(input.labelled())), tensors);
    }
}
