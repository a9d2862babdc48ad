package org.ambispike.train;

import java.nio.file.Path;
import org.ambispike.io.CheckpointFiles;

/**
 * Where stages of training keep their state after each whole epoch.
 *
 * @param folder a file for each stage
 * @param resume whether to continue from what lies there
 */
public record Checkpoints(Path folder, boolean resume) {
    /** Returns the checkpoint of a stage, which is known again by all its settings; one that is not continued from is deleted. */
    StageCheckpoint of(String stage, String fingerprint) {
        if (!resume) {
            delete(stage);
        }
        return new StageCheckpoint(file(stage), fingerprint, resume);
    }

    /** Deletes the checkpoint of a stage that has its result. */
    public void delete(String stage) {
        CheckpointFiles.delete(file(stage));
    }

    private Path file(String stage) {
        return folder.resolve(stage + ".checkpoint");
    }
}
