package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
    @TempDir
    Path parent;

    @Test
    void writesAllFilesAndNothingElse() throws IOException {
        Path folder = parent.resolve("new/run");
        Reports.write(folder, SampleRuns.full(), SampleRuns.metrics());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("summary.json", "metrics.csv", "report.html");
        }
        assertThat(SummaryJson.read(folder.resolve("summary.json"))).isEqualTo(SampleRuns.full());
        assertThat(MetricsCsv.read(folder.resolve("metrics.csv"))).isEqualTo(SampleRuns.metrics());
    }

    @Test
    void rebuildingGivesTheSamePage() throws IOException {
        Reports.write(parent, SampleRuns.full(), SampleRuns.metrics());
        Path report = parent.resolve("report.html");
        String written = Files.readString(report);
        Files.delete(report);
        assertThat(Reports.rebuild(parent)).isEqualTo(report);
        assertThat(Files.readString(report)).isEqualTo(written);
    }

    @Test
    void rebuildingDoesWithoutMetrics() throws IOException {
        SummaryJson.write(parent.resolve("summary.json"), SampleRuns.full());
        assertThat(Files.readString(Reports.rebuild(parent)))
                .isEqualTo(HtmlReport.render(SampleRuns.full(), List.of()));
    }

    @Test
    void rebuildingAnEmptyFolderSaysWhatIsMissing() {
        assertThatThrownBy(() -> Reports.rebuild(parent))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(parent.resolve("summary.json").toString());
    }

    @Test
    void metricsThatAreThereAlreadyAreLeftAlone() throws IOException {
        Path csv = parent.resolve("metrics.csv");
        MetricsCsv.write(csv, SampleRuns.metrics());
        FileTime past = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(csv, past);
        Reports.write(parent, SampleRuns.full(), SampleRuns.metrics());
        assertThat(Files.getLastModifiedTime(csv)).isEqualTo(past);

        Reports.write(parent, SampleRuns.full(), SampleRuns.metrics().subList(0, 3));
        assertThat(MetricsCsv.read(csv)).hasSize(3);
    }
}
