package org.ambispike.guide;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.Evaluation;
import org.ambispike.EvaluationResult;
import org.ambispike.ExitRule;
import org.ambispike.Images;
import org.ambispike.LayerRates;
import org.ambispike.PoolOptions;
import org.ambispike.Prediction;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.data.ImageTransform;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Shape;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;

/** The code of docs/embedding.md and of the README, which {@link EmbeddingGuideTest} compares and runs. */
final class EmbeddingExamples {
    private EmbeddingExamples() {}

    static void readme(byte[] pixels) {
        SpikingModel model = SpikingModel.load(Path.of("runs/net4/snn-T4.safetensors"));
        try (SpikingSession session = model.openSession(SessionOptions.defaults())) {
            SpikingResult result = session.run(Images.of(pixels)); // [N, H, W, C], bytes or floats from 0 to 255
            for (int image = 0; image < result.images(); image++) {
                System.out.println(result.label(image) + " " + result.topK(image, 3));
            }
        }
    }

    static SpikingResult run(SpikingModel model, float[] pixels) {
        SessionOptions options = SessionOptions.builder().batch(16).threads(2).build();
        try (SpikingSession session = model.openSession(options)) {
            SpikingResult result = session.run(FloatBuffer.wrap(pixels), 4);
            System.out.println(result.label(0) + " with " + result.probabilities(0)[result.predicted(0)]);
            return result;
        }
    }

    static List<SpikingResult> images(
            SpikingSession session, BufferedImage picture, byte[] pixels, FloatBuffer planes) {
        Shape shape = session.model().inputShape();
        return List.of(
                session.run(Images.of(pixels)), // [N, H, W, C], unsigned bytes
                session.run(Images.of(planes).channelsFirst(), 4), // [N, C, H, W]
                session.run(Images.of(ImageTransform.fitting(shape), picture)));
    }

    static List<Prediction> gather(SpikingModel model, byte[] pixels) {
        PoolOptions waiting = PoolOptions.builder()
                .sessions(2)
                .gathering(Duration.ofMillis(2))
                .build();
        try (SessionPool pool = SessionPool.open(model, SessionOptions.defaults(), waiting)) {
            pool.warmUp(model.timeSteps(), 1, 16, 128);
            CompletableFuture<List<Prediction>> answer =
                    pool.runAsync(Images.of(pixels)).thenApply(result -> result.topK(0, 3));
            System.out.println(pool.metrics().latencies().quantile(0.99));
            return answer.join();
        }
    }

    static FloatBuffer serve(SpikingModel model, FloatBuffer images) {
        FloatBuffer logits = FloatBuffer.allocate(16 * model.classes());
        try (SpikingSession session = model.openSession(SessionOptions.defaults())) {
            int count = session.runInto(images, 4, logits);
            System.out.println(count + " answers");
        }
        return logits;
    }

    static int stream(SpikingModel model, FloatBuffer images) {
        int t = 0;
        try (SpikingSession session = model.openSession(SessionOptions.defaults())) {
            session.begin(images);
            SpikingResult running = session.step();
            while (running.timeSteps(0) < 8 && running.logits(0)[0] < 1) {
                running = session.step();
            }
            t = running.timeSteps(0);
        }
        return t;
    }

    static double exit(SpikingModel model, FloatBuffer images) {
        try (SpikingSession session = model.openSession(SessionOptions.defaults())) {
            SpikingResult result = session.run(images, 8, ExitRule.margin(0.8).notBefore(2));
            System.out.println("mean T " + result.meanTimeSteps());
            return result.meanTimeSteps();
        }
    }

    static List<LayerRates> rates(SpikingModel model, FloatBuffer images) {
        try (SpikingSession session =
                model.openSession(SessionOptions.defaults().withRates())) {
            session.run(images, 4);
            for (LayerRates layer : session.rates()) {
                System.out.println(
                        layer.layer() + ": " + layer.positive() + " positive, " + layer.negative() + " negative");
            }
            return session.rates();
        }
    }

    static List<String> trace(SpikingModel model, FloatBuffer images) {
        List<String> lines = new ArrayList<>();
        try (SpikingSession session =
                model.openSession(SessionOptions.defaults().withTrace())) {
            ByteBuffer spikes = ByteBuffer.allocate(1 << 20);
            session.begin(images);
            for (int t = 1; t <= 4; t++) {
                session.step();
                for (String layer : model.neuronLayers()) {
                    int neurons = session.spikes(layer, spikes);
                    int negative = 0;
                    for (int neuron = 0; neuron < neurons; neuron++) {
                        negative += spikes.get(neuron) & SpikingSession.NEGATIVE;
                    }
                    lines.add(layer + ", step " + t + ": " + negative / SpikingSession.NEGATIVE + " negative spikes");
                }
            }
        }
        return lines;
    }

    static SpikingResult pool(SpikingModel model, FloatBuffer images) {
        try (SessionPool pool = SessionPool.open(model, SessionOptions.defaults())) {
            return pool.run(images, 4); // from any number of threads
        }
    }

    static SpikingModel convert(Path file, Path target, Dataset training, Dataset test) {
        AnnModel ann = AnnModel.load(file);
        Device device = Device.choose(Device.Request.AUTO, Precision.F32);
        try (TrainingContext context = TrainingContext.open(device, 2, TrainingImages.heldOut(training))) {
            AnnModel clipped = ann.hasThresholds() ? ann : ann.withThresholds(context, 0.999, false);
            SpikingModel snn = clipped.convert(NeuronVariant.PAIR);
            SpikingModel calibrated = snn.calibrate(
                    context, ann, Calibration.builder(2, 4).epochs(1).build());
            EvaluationResult result = calibrated.evaluate(
                    test, Evaluation.builder(4).exits(ExitRule.margin(0.8)).build());
            System.out.println(result.accuracyAt(4) + ", early: " + result.exits());
            calibrated.save(target);
            return calibrated;
        }
    }
}
