package org.ambispike.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.common.Version;
import org.ambispike.device.Device;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Calibrates a spiking network through time by BPTT on the partitions of a data frame. In each round every partition takes as many
 * steps as the settings' epochs have, from the same parameters and moments; the driver then averages both, in the order of the
 * partitions. What an executor loses Spark computes again.
 *
 * <p>Equal partitions, settings and seeds give equal bytes on processors of one kind, whichever executor took which partition. A
 * value; thread-safe.
 */
public final class SpikingCalibration {
    /**
     * Gives the settings, wherever they are needed. Epochs are rounds, and steps an epoch those of a partition in a round.
     */
    @FunctionalInterface
    public interface Settings extends Supplier<Calibration>, Serializable {}

    /**
     * A round that is done.
     *
     * @param number from 1
     * @param of all rounds
     * @param seconds that tasks and averaging took
     * @param bytes of the state that was averaged, which went to and came from each partition
     */
    public record Round(int number, int of, double seconds, long bytes) {}

    private final SpikingModel network;
    private final AnnModel teacher;
    private final Settings settings;
    private final long seed;
    private final Device.Request device;
    private final Optional<String> folder;
    private final Consumer<Round> listener;

    private SpikingCalibration(
            SpikingModel network,
            AnnModel teacher,
            Settings settings,
            long seed,
            Device.Request device,
            Optional<String> folder,
            Consumer<Round> listener) {
        this.network = network;
        this.teacher = teacher;
        this.settings = settings;
        this.seed = seed;
        this.device = device;
        this.folder = folder;
        this.listener = listener;
    }

    /**
     * Prepares a calibration with seed 1.
     *
     * @param teacher the ANN that the network was converted from
     * @param settings for example {@code () -> Calibration.forTimeSteps(4)}, which is five rounds of 200 steps
     * @throws InputException if layers are to be calibrated one after another, or epochs have no number of steps
     */
    public static SpikingCalibration of(SpikingModel network, AnnModel teacher, Settings settings) {
        Calibration asked = settings.get();
        if (asked.layerwise() || asked.fit().stepsPerEpoch() < 1) {
            throw new InputException(
                    "calibration on partitions is of all layers jointly, in rounds of a number of steps"
                            + " (Calibration.Builder.stepsPerEpoch)");
        }
        return new SpikingCalibration(
                network, teacher, settings, 1, Device.Request.AUTO, Optional.empty(), round -> {});
    }

    public SpikingCalibration withSeed(long other) {
        return new SpikingCalibration(network, teacher, settings, other, device, folder, listener);
    }

    /** Returns the same on another device; AUTO is the GPU of a task that Spark gave one, else the CPU. */
    public SpikingCalibration withDevice(Device.Request other) {
        return new SpikingCalibration(network, teacher, settings, seed, other, folder, listener);
    }

    /**
     * Returns the same that keeps its last round in a folder, of any file system that Hadoop knows, and goes on from the round that
     * lies there.
     */
    public SpikingCalibration withFolder(String other) {
        return new SpikingCalibration(network, teacher, settings, seed, device, Optional.of(other), listener);
    }

    /** Returns the same that tells of each round, on the driver. */
    public SpikingCalibration withListener(Consumer<Round> other) {
        return new SpikingCalibration(network, teacher, settings, seed, device, folder, other);
    }

    /**
     * Calibrates on the images of a data frame.
     *
     * @param images whose partitions each have at least as many images as all steps of a round take
     * @param imageCol column of images, as {@link SpikingClassifier#setInputCol} takes them, of whole pixels from 0 to 255
     * @param labelCol column of labels, whole numbers; empty where only the teacher counts
     * @throws InputException if a column is missing, or a folder holds rounds of other partitions
     */
    public SpikingModel run(Dataset<Row> images, String imageCol, Optional<String> labelCol) {
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext());
        ImageColumn column = ImageColumn.of(images.schema(), imageCol, network.inputShape());
        int label = labelCol.map(name -> label(images, name)).orElse(-1);
        PackedImages.Template template = PackedImages.Template.of(network);
        JavaRDD<PackedImages> packed = images.javaRDD()
                .mapPartitionsWithIndex(
                        (partition, rows) -> List.of(PackedImages.of(template, column, label, partition, rows))
                                .iterator(),
                        true)
                .persist(PackedImages.KEPT);
        Broadcast<CalibrationRound.Job> job = context.broadcast(
                new CalibrationRound.Job(ModelBytes.of(network), ModelBytes.of(teacher), settings, seed, device));
        try {
            RoundState state = rounds(context, packed, job);
            return calibrated(state, packed.getNumPartitions());
        } finally {
            packed.unpersist();
            job.destroy();
        }
    }

    private static int label(Dataset<Row> images, String name) {
        if (!Arrays.asList(images.columns()).contains(name)) {
            throw new InputException(
                    "there is no column '" + name + "' of labels; there are " + String.join(", ", images.columns()));
        }
        return images.schema().fieldIndex(name);
    }

    private RoundState rounds(
            JavaSparkContext context, JavaRDD<PackedImages> packed, Broadcast<CalibrationRound.Job> job) {
        Optional<RoundFolder> kept = folder.map(path -> new RoundFolder(path, context.hadoopConfiguration()));
        RoundState state = kept.map(RoundFolder::load).orElse(RoundState.none());
        state.requirePartitions(packed.getNumPartitions(), folder.orElse("the state"));
        int rounds = settings.get().fit().epochs();
        for (int round = state.rounds() + 1; round <= rounds; round++) {
            long started = System.nanoTime();
            RoundState next = round(context, packed, job, state);
            state = next;
            kept.ifPresent(place -> place.save(next));
            listener.accept(new Round(round, rounds, (System.nanoTime() - started) / 1e9, next.file().length));
        }
        return state;
    }

    private static RoundState round(
            JavaSparkContext context,
            JavaRDD<PackedImages> packed,
            Broadcast<CalibrationRound.Job> job,
            RoundState before) {
        Broadcast<RoundState> state = context.broadcast(before);
        try {
            CalibrationRound round = new CalibrationRound(job, state);
            List<RoundState.Part> parts = packed.mapPartitionsWithIndex(
                            (Integer partition, Iterator<PackedImages> images) ->
                                    List.of(round.run(partition, images.next())).iterator(),
                            true)
                    .collect();
            return RoundState.average(parts);
        } finally {
            state.destroy();
        }
    }

    private SpikingModel calibrated(RoundState state, int partitions) {
        Calibration asked = settings.get();
        ModelInfo info = network.saved().info();
        Map<String, String> provenance = new LinkedHashMap<>(info.provenance());
        provenance.remove(ModelInfo.ACCURACY);
        provenance.put("seed", Long.toString(seed));
        provenance.put(
                "calibration",
                "Spark, " + partitions + " partitions, " + asked.fit().epochs() + " rounds of "
                        + asked.fit().stepsPerEpoch() + " steps of "
                        + asked.fit().batch() + " images");
        provenance.put("commit", Version.current().commit());
        return SpikingModel.of(new SavedModel(
                network.saved().graph(),
                state.weights(network.saved().weights()),
                info.withProvenance(provenance).withCalibratedFor(asked.timeSteps())));
    }
}
