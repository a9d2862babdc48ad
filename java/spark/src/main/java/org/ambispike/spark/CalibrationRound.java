package org.ambispike.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.ambispike.Calibration;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.apache.spark.broadcast.Broadcast;

/**
 * One round of calibration on one partition: an epoch of the library's own calibration, begun from the state that the driver
 * averaged. A pure function of its inputs, so Spark may run it again elsewhere.
 *
 * @param state of the round before; nothing before the first
 */
record CalibrationRound(Broadcast<Job> job, Broadcast<RoundState> state) implements Serializable {
    private static final long SEEDS = 1_000_003;

    /** What all rounds have in common; settings' epochs are rounds. */
    record Job(
            ModelBytes network,
            ModelBytes teacher,
            SpikingCalibration.Settings settings,
            long seed,
            Device.Request device)
            implements Serializable {}

    /** Runs the round and returns the state after it. */
    RoundState.Part run(int partition, PackedImages images) {
        Job common = job.value();
        RoundState before = state.value();
        Calibration settings = common.settings().get();
        long needed = (long) settings.fit().stepsPerEpoch() * settings.fit().batch();
        if (images.count() < needed) {
            throw new InputException("partition " + partition + " has " + images.count() + " images, and the steps of a"
                    + " round take " + needed + "; use fewer partitions, fewer steps or a smaller batch");
        }
        TaskDevice place = TaskDevice.of(common.device());
        Device device = Device.choose(place.request(), Precision.F32);
        return ModelBytes.inFolder(folder -> {
            before.part(partition).ifPresent(part -> CheckpointFiles.write(file(folder, settings), part));
            Cancellation enough = new Cancellation();
            TrainingImages all = new TrainingImages(images.unpack(), images.one());
            try (TrainingContext context = TrainingContext.open(device, place.threads(), all)) {
                // the checkpoint is written after the metrics of an epoch, and before the next looks at the request
                common.network()
                        .spiking()
                        .calibrate(
                                context.withSeed(common.seed() * SEEDS + partition)
                                        .withCheckpoints(new Checkpoints(folder, true))
                                        .withMetrics(row -> enough.request())
                                        .withCancellation(enough),
                                common.teacher().ann(),
                                settings);
            } catch (CancellationException e) {
                if (!enough.isRequested()) {
                    throw e;
                }
            } catch (InputException | IllegalArgumentException e) {
                throw new InputException("partition " + partition + ": " + e.getMessage(), e);
            }
            return new RoundState.Part(ModelBytes.bytes(file(folder, settings)));
        });
    }

    private static Path file(Path folder, Calibration settings) {
        return folder.resolve(settings.stage() + ".checkpoint");
    }
}
