package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that one run has for itself, and what killed runs left there. */
class FolderLockTest {
    @TempDir
    private Path folder;

    @Test
    void aSecondRunIsToldOfTheFirst() {
        Path run = folder.resolve("runs/one");
        try (FolderLock first = FolderLock.take(run)) {
            assertThatThrownBy(() -> FolderLock.take(run))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("another run is at work in " + run);
        }
        FolderLock.take(run).close();
    }

    @Test
    void unfinishedFilesAreRemovedAndOthersKept() throws Exception {
        Path below = Files.createDirectories(folder.resolve("checkpoints"));
        Path unfinished = Files.writeString(folder.resolve(".model.safetensors." + UUID.randomUUID() + ".tmp"), "half");
        Path checkpoint = Files.writeString(below.resolve(".ann.checkpoint." + UUID.randomUUID() + ".tmp"), "half");
        Path model = Files.writeString(folder.resolve("model.safetensors"), "whole");
        Path foreign = Files.writeString(folder.resolve(".notes.tmp"), "a user's");
        FolderLock.take(folder).close();
        assertThat(unfinished).doesNotExist();
        assertThat(checkpoint).doesNotExist();
        assertThat(model).exists();
        assertThat(foreign).exists();
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> FolderLock.take(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + " is a file where a folder is needed");
    }
}
