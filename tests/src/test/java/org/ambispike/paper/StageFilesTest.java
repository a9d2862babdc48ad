package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StageFilesTest {
    /** As runs wrote it from the start. */
    private static final String STATE =
            """
            {
              "wallSeconds" : {
                "train" : 12.5,
                "clip" : 3.0E-4,
                "convert" : 2
              },
              "fingerprint" : "net4 seed 1"
            }
            """;

    @TempDir
    private Path folder;

    private Path state;

    @BeforeEach
    void writeState() throws IOException {
        state = Files.createDirectory(folder.resolve("checkpoints")).resolve("run.json");
        Files.writeString(state, STATE);
    }

    @Test
    void aRunIsResumedFromWhatAnotherWrote() {
        for (int run = 0; run < 3; run++) {
            StageFiles files = new StageFiles(folder, "net4 seed 1", true);
            assertThat(files.isResumed()).isTrue();
            assertThat(files.wallSeconds().toString()).isEqualTo("{train=12.5, clip=3.0E-4, convert=2.0}");
        }
    }

    @Test
    void withoutResumeItStartsAnew() {
        StageFiles files = new StageFiles(folder, "net4 seed 2", false);
        assertThat(files.isResumed()).isFalse();
        assertThat(files.wallSeconds()).isEmpty();
        assertThat(new StageFiles(folder, "net4 seed 2", true).isResumed()).isTrue();
    }

    @Test
    void otherSettingsAreRefused() {
        assertThatThrownBy(() -> new StageFiles(folder, "net4 seed 2", true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has other settings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{", "[]", "{\"fingerprint\":\"net4 seed 1\"}", "twelve", "null value"})
    void aDamagedStateIsRefused(String content) throws IOException {
        String damaged =
                switch (content) {
                    case "twelve" -> STATE.replace("12.5", "\"12.5\"");
                    case "null value" -> STATE.replace("12.5", "null");
                    default -> content;
                };
        Files.writeString(state, damaged);
        assertThatThrownBy(() -> new StageFiles(folder, "net4 seed 1", true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("run.json is damaged; run without --resume");
    }
}
