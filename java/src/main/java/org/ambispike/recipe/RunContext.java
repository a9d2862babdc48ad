package org.ambispike.recipe;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.ambispike.backend.Backend;
import org.ambispike.data.Dataset;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.progress.Cancellation;
import org.ambispike.progress.ProgressListener;
import org.ambispike.result.MetricRow;
import org.ambispike.train.StageCheckpoint;

/**
 * Where a stage runs: device, images, and whom to tell.
 *
 * @param training images to train and calibrate on
 * @param validation images of the training set that are held out, for choices
 * @param test never looked at before the end
 * @param commit of the program, for provenance
 * @param checkpoints folder of checkpoints; empty where none are kept
 * @param resume whether to continue from what lies there
 */
public record RunContext(
        Backend backend,
        Dataset training,
        Dataset validation,
        Dataset test,
        long seed,
        String commit,
        ProgressListener listener,
        Cancellation cancellation,
        Consumer<MetricRow> metrics,
        Optional<Path> checkpoints,
        boolean resume) {
    /** Images of the training set that are held out for validation, the last ones. */
    public static final int VALIDATION_IMAGES = 5_000;

    /** Removes the checkpoint of a part of a stage, once the whole has its result. */
    void forget(String stage) {
        checkpoints.ifPresent(folder -> CheckpointFiles.delete(folder.resolve(stage + ".checkpoint")));
    }

    Optional<StageCheckpoint> checkpoint(String stage, String fingerprint) {
        return checkpoints.map(
                folder -> new StageCheckpoint(folder.resolve(stage + ".checkpoint"), fingerprint, resume));
    }
}
