package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.support.ChildJvm;
import org.ambispike.train.MetricRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsCsvTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void choose() {
        file = folder.resolve("metrics.csv");
    }

    @Test
    void readingGivesBackTheSameBits() {
        List<MetricRow> rows = List.of(
                new MetricRow("train", 1, 1e-300, Math.PI, 0.1 + 0.2, Double.NaN, 1.0 / 3, 1e9),
                new MetricRow("calibrate-T4", 2, 0, Double.MIN_VALUE, -0.0, 1, 2, Double.POSITIVE_INFINITY));
        MetricsCsv.write(file, rows);
        assertThat(MetricsCsv.read(file)).isEqualTo(rows);
    }

    @Test
    void aRowIsInTheFileOnceItIsAppended() throws IOException {
        MetricsCsv metrics = new MetricsCsv(folder);
        metrics.accept(row("train", 1));
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "stage,epoch,learningRate,loss,trainAccuracy,validationAccuracy,seconds,imagesPerSecond",
                        "train,1,0.1,0.5,0.9,,2.0,300.0");
        metrics.accept(row("train", 2));
        assertThat(MetricsCsv.read(file)).containsExactly(row("train", 1), row("train", 2));
        assertThat(MetricsCsv.read(file)).isEqualTo(metrics.rows());
    }

    /** Writes a file in a Java whose locale has ASCII alone. */
    public static void main(String[] arguments) {
        new MetricsCsv(Path.of(arguments[0])).accept(row("étape ½", 1));
    }

    @Test
    void theFileIsUtf8WhateverTheLocale() throws Exception {
        ChildJvm child = ChildJvm.run(MetricsCsvTest.class, List.of("-Dfile.encoding=US-ASCII"), folder.toString());
        assertThat(child.code()).as(child.printed()).isZero();
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).contains("\nétape ½,1,");
        assertThat(MetricsCsv.read(file)).containsExactly(row("étape ½", 1));
    }

    /** An epoch that runs again, in the middle of a stage, at its beginning, of a stage before, or of a new one. */
    @ParameterizedTest
    @CsvSource({"clip,2,3", "clip,1,2", "train,2,1", "train,1,0", "calibrate,1,4"})
    void theFirstRowReplacesThoseOfAnEarlierRun(String stage, int epoch, int kept) {
        List<MetricRow> earlier = List.of(row("train", 1), row("train", 2), row("clip", 1), row("clip", 2));
        MetricsCsv.write(file, earlier);
        MetricsCsv metrics = new MetricsCsv(folder);
        MetricRow first = new MetricRow(stage, epoch, 0.2, 0.4, 0.8, 0.7, 3, 100);
        metrics.accept(first);
        List<MetricRow> expected = new ArrayList<>(earlier.subList(0, kept));
        expected.add(first);
        assertThat(MetricsCsv.read(file)).isEqualTo(expected);
        metrics.accept(row("clip", 1));
        assertThat(metrics.rows()).as("later rows replace none").hasSize(kept + 2);
    }

    @Test
    void clearingForgetsAnOlderRun() {
        MetricsCsv.write(file, List.of(row("train", 1)));
        new MetricsCsv(folder).clear();
        assertThat(MetricsCsv.read(file)).isEmpty();
    }

    @Test
    void malformedFilesAreNamedWithTheLine() throws IOException {
        MetricsCsv.write(file, List.of(row("train", 1)));
        String whole = Files.readString(file);

        Files.writeString(file, whole + "train,2,0.1\n");
        assertThatThrownBy(() -> MetricsCsv.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("line 3")
                .hasMessageContaining("8 columns");

        Files.writeString(file, whole.replace("0.5", "half"));
        assertThatThrownBy(() -> MetricsCsv.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 2");

        Files.writeString(file, "");
        assertThatThrownBy(() -> MetricsCsv.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 1");
    }

    @Test
    void aStageThatWouldBreakTheColumnsIsRefused() {
        MetricsCsv metrics = new MetricsCsv(folder);
        metrics.accept(row("train", 1));
        Stream.of("a,b", "a\"b", "a\nb", "").forEach(stage -> assertThatThrownBy(() -> metrics.accept(row(stage, 1)))
                .isInstanceOf(IllegalArgumentException.class));
        assertThat(metrics.rows()).containsExactly(row("train", 1));
    }

    private static MetricRow row(String stage, int epoch) {
        return new MetricRow(stage, epoch, 0.1, 0.5, 0.9, Double.NaN, 2, 300);
    }
}
