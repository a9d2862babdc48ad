package org.ambispike.spark;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.Evaluation;
import org.ambispike.PoolOptions;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.data.ImageSources;
import org.ambispike.data.Split;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import org.ambispike.paper.Stages;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures Spark against one JVM on Fashion-MNIST, in one run: images a second, and calibration on executors. Called by
 * {@code build-scripts/spark-bench.sh}.
 */
final class SparkBenchmark {
    private static final int STEPS = 4;
    private static final int BATCH = 64;
    /** What a round takes. */
    private static final int ROUND = 50;

    private final Dataset training;
    private final Dataset test;

    private SparkBenchmark(Path data) {
        this.training = ImageSources.recognise(data).load(Split.TRAIN, List.of());
        this.test = ImageSources.recognise(data).load(Split.TEST, List.of());
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2 || !List.of("images", "calibration").contains(arguments[1])) {
            System.err.println(
                    "usage: SparkBenchmark FOLDER-OF-FASHION-MNIST images [TURNS] | calibration [ROUNDS [SEEDS]]");
            System.exit(2);
        }
        SparkBenchmark benchmark = new SparkBenchmark(Path.of(arguments[0]));
        if (arguments[1].equals("images")) {
            benchmark.images(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3);
        } else {
            int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
            int seeds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
            benchmark.calibration(rounds, seeds);
        }
    }

    private interface Work<R> {
        R run(TrainingContext context);
    }

    private <R> R with(int threads, long seed, Work<R> work) {
        Device device = Device.choose(Device.Request.CPU, Precision.F32);
        try (TrainingContext context = TrainingContext.open(device, threads, TrainingImages.heldOut(training))) {
            return work.run(context.withSeed(seed));
        }
    }

    /** Net4 after so many steps of training, with thresholds. */
    private AnnModel ann(int steps, long seed) {
        Plan plan = Recipes.plan("net4", "paper", Profile.QUICK);
        Recipe.Ann ann = plan.recipe().ann();
        Recipe recipe = plan.recipe()
                .with(ann.with(ann.fit().withEpochs(1).withStepsPerEpoch(steps)))
                .withPenalty(Optional.empty());
        return with(2, seed, context -> new Stages(context, recipe)
                .train(plan.network())
                .withThresholds(context, 0.999, false));
    }

    private void images(int turns) throws IOException, InterruptedException {
        SpikingModel model = ann(1, 1).convert(NeuronVariant.PAIR);
        Path file = Files.createTempFile("ambispike", ".safetensors");
        model.save(file);
        SparkSession spark = Sparks.local();
        org.apache.spark.sql.Dataset<Row> rows =
                ImageRows.of(spark, training, 8).cache();
        rows.count();
        SpikingClassifier classifier = new SpikingClassifier()
                .setModelPath(file.toUri().toString())
                .setTimeSteps(STEPS)
                .setBatch(BATCH);
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withThreads(1)
                .withBatch(BATCH);
        double[] jvm = new double[turns + 1];
        double[] onSpark = new double[turns + 1];
        try (SessionPool pool = SessionPool.open(
                model, options, PoolOptions.builder().sessions(2).build())) {
            // the first turn warms up
            for (int turn = 0; turn <= turns; turn++) {
                long started = System.nanoTime();
                Thread[] threads = IntStream.range(0, 2)
                        .mapToObj(part -> new Thread(() -> half(pool, part)))
                        .toArray(Thread[]::new);
                Arrays.stream(threads).forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                jvm[turn] = training.size() / seconds(started);
                started = System.nanoTime();
                classifier
                        .transform(rows)
                        .write()
                        .format("noop")
                        .mode("overwrite")
                        .save();
                onSpark[turn] = training.size() / seconds(started);
                System.out.printf("turn %d: %.0f and %.0f images/s%n", turn, jvm[turn], onSpark[turn]);
            }
        }
        spark.stop();
        Files.delete(file);
        double one = median(jvm);
        double two = median(onSpark);
        System.out.printf(
                "%d images, T = %d, f32: one JVM with two sessions %.0f images/s, Spark local[2] %.0f images/s, %.1f %%%n",
                training.size(), STEPS, one, two, 100 * two / one);
    }

    private void half(SessionPool pool, int part) {
        int length = (int) training.imageShape().elements();
        float[] pixels = new float[BATCH * length];
        int first = part * training.size() / 2;
        int last = (part + 1) * training.size() / 2;
        for (int at = first; at < last; at += BATCH) {
            int count = Math.min(BATCH, last - at);
            for (int image = 0; image < count; image++) {
                byte[] values = training.image(at + image);
                for (int index = 0; index < length; index++) {
                    pixels[image * length + index] = Byte.toUnsignedInt(values[index]);
                }
            }
            pool.run(FloatBuffer.wrap(pixels, 0, count * length), STEPS);
        }
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    private static double median(double[] turns) {
        double[] sorted = Arrays.copyOfRange(turns, 1, turns.length);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static SpikingCalibration.Settings settings(int rounds) {
        return () ->
                Calibration.builder(STEPS).epochs(rounds).stepsPerEpoch(ROUND).build();
    }

    /** The same number of images: half as many rounds on two partitions as on one machine. */
    private void calibration(int rounds, int seeds) {
        List<double[]> accuracies = new ArrayList<>();
        List<AnnModel> anns = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            long own = seed;
            AnnModel ann = ann(400, seed);
            anns.add(ann);
            SpikingModel alone = with(1, seed, context -> ann.convert(NeuronVariant.PAIR)
                    .calibrate(context.withSeed(own), ann, settings(rounds).get()));
            accuracies.add(new double[] {accuracy(alone), 0});
            System.out.printf(
                    "seed %d: one machine %.2f %%%n", seed, 100 * accuracies.get(accuracies.size() - 1)[0]);
        }
        double[] perRound = new double[3];
        long bytes = 0;
        for (int executors = 1; executors <= 2; executors++) {
            SparkSession spark = Sparks.cluster(executors);
            org.apache.spark.sql.Dataset<Row> rows = ImageRows.of(spark, training, executors);
            List<SpikingCalibration.Round> told = new ArrayList<>();
            for (int seed = 1; seed <= (executors == 1 ? 1 : seeds); seed++) {
                AnnModel ann = anns.get(seed - 1);
                SpikingModel spread = SpikingCalibration.of(
                                ann.convert(NeuronVariant.PAIR), ann, settings(executors == 1 ? 3 : rounds / 2))
                        .withSeed(seed)
                        .withListener(told::add)
                        .run(rows, ImageRows.IMAGE, Optional.of(ImageRows.LABEL));
                if (executors == 2) {
                    accuracies.get(seed - 1)[1] = accuracy(spread);
                    System.out.printf(
                            "seed %d: two executors %.2f %%%n",
                            seed, 100 * accuracies.get(seed - 1)[1]);
                }
            }
            // the first rounds load libraries
            perRound[executors] = told.stream()
                    .filter(round -> round.number() > 1)
                    .mapToDouble(SpikingCalibration.Round::seconds)
                    .average()
                    .orElseThrow();
            bytes = told.get(0).bytes();
            spark.stop();
        }
        double difference = 0;
        for (int seed = 0; seed < seeds; seed++) {
            double[] pair = accuracies.get(seed);
            difference += 100 * (pair[1] - pair[0]) / seeds;
        }
        System.out.printf("mean difference %+.2f points after %d images%n", difference, rounds * ROUND * 128);
        forecast(perRound, bytes);
    }

    private double accuracy(SpikingModel model) {
        SessionOptions options = Evaluation.forTimeSteps(STEPS)
                .session()
                .withDevice(Device.Request.CPU)
                .withThreads(2);
        return model.evaluate(test, Evaluation.builder(STEPS).session(options).build())
                .accuracyAt(STEPS);
    }

    /**
     * A round is work that does not depend on the number of executors, and what an executor adds on the driver, which collects and
     * averages one after another; what is told of 16 and 64 takes 1 Gbit/s for a state up and down.
     */
    private static void forecast(double[] perRound, long bytes) {
        double each = Math.max(0, perRound[2] - perRound[1]);
        double network = 8.0 * bytes / 1e9;
        System.out.printf(
                "a round of %d steps: %.2f s on one executor, %.2f s on two, state %.1f MB%n",
                ROUND, perRound[1], perRound[2], bytes / 1e6);
        for (int executors : new int[] {16, 64}) {
            double down = network * (Math.log(executors) / Math.log(2));
            double seconds = perRound[1] + each * (executors - 1) + down + network * executors;
            System.out.printf(
                    "forecast for %d executors: %.2f s a round, %.1f times the images/s of one%n",
                    executors, seconds, executors * perRound[1] / seconds);
        }
    }
}
