package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Progress as lines, with a clock that the test turns. */
class PlainProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now = 17 * SECOND;
    private final PlainProgress progress =
            new PlainProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> now);

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void printsALineInFiveSecondsAtMost() {
        progress.stage("train", 1_200);
        for (int step = 1; step <= 1_200; step++) {
            now += SECOND / 10;
            progress.step(step, "loss 0.5");
        }
        progress.stageDone("validation 93.1%");
        // The stage, one line in five seconds of 120, its end.
        assertThat(printed().lines()).hasSize(1 + 24 + 1);
        assertThat(printed())
                .startsWith("train: 1,200 steps\ntrain: 50/1,200, loss 0.5, 1 min 55 s left\n")
                .endsWith("train: validation 93.1% (2 min 00 s)\n");
    }

    @Test
    void timeLeftOfAResumedStageCountsOnlyWhatWasDoneNow() {
        progress.stage("train", 1_000);
        now += SECOND;
        progress.step(801, "");
        now += 9 * SECOND;
        progress.step(810, "");
        assertThat(printed().lines()).last().isEqualTo("train: 810/1,000, 3 min 10 s left");
    }

    @Test
    void notesAreWholeLinesAtOnce() {
        progress.note("memory: 32 MiB");
        assertThat(printed()).isEqualTo("memory: 32 MiB\n");
    }
}
