package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.support.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A command whose result cannot be written has failed. */
@Timeout(60)
class UnwritableOutputTest {
    @TempDir
    private Path folder;

    @Test
    void aFullDiskIsAFailure() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(ChildJvm.command(Main.class, List.of(), List.of("--help")))
                .redirectOutput(full.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(err))
                .contains("could not be written to its end: the disk is full")
                .hasLineCount(1);
    }
}
