package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.report.PaperComparison.Measured;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables put together from runs whose figures are made up, so that every cell is known. */
class PaperComparisonTest {
    @TempDir
    private Path folder;

    private static TimeStepResult row(int timeSteps, int calibratedFor, double accuracy) {
        return new TimeStepResult(timeSteps, calibratedFor, accuracy, Double.NaN);
    }

    private static Measured run(String method, double ann, double converted, TimeStepResult... rows) {
        return new Measured(
                method,
                new RunSummary(
                        "net4",
                        "Fashion-MNIST",
                        method,
                        "quick",
                        "cpu",
                        "f32",
                        5,
                        1,
                        "abc",
                        10_000,
                        ann,
                        converted,
                        List.of(rows),
                        List.of(),
                        List.of(),
                        List.of(
                                new LayerActivity("act1", 0.1, 0.02, 0.04, 0.01),
                                new LayerActivity("act2", 0.2, 0.03, 0.05, 0.01),
                                new LayerActivity("act3", 0.3, 0.04, 0.06, 0.01)),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of("layer weighting", "cosine"),
                        "ambispike reproduce"));
    }

    /** T = 3 is served by the network for T = 2, though the one for no T would do better there. */
    @Test
    void theLeastTimeStepsAreThoseOfTheNetworkForTheLargestTUpToThem() {
        Measured run = run(
                "proposed",
                0.92,
                0.921,
                row(1, 0, 0.5),
                row(2, 0, 0.92),
                row(3, 0, 0.93),
                row(4, 0, 0.93),
                row(2, 2, 0.910),
                row(3, 2, 0.915),
                row(4, 4, 0.9201));
        PaperComparison table = PaperComparison.of("table1", List.of(run));
        assertThat(table.measured()).containsExactly(List.of("proposed", "92.10", "92.01", "4"));
        assertThat(table.paper()).contains(List.of("proposed", "92.72", "92.62", "10"));
        assertThat(table.columns()).hasSize(4);
        assertThat(table.notes().get(0)).contains("Fashion-MNIST", "seed 5", "10,000 of 10,000 images");
    }

    @Test
    void aMethodThatDoesNotComeNearSaysHowFarItWasFollowed() {
        Measured run = run("augmapping", 0.92, 0.92, row(1, 0, 0.1), row(64, 0, 0.9189));
        assertThat(PaperComparison.of("table1", List.of(run)).measured())
                .containsExactly(List.of("augmapping", "92.00", "91.89", "> 64"));
    }

    @Test
    void lossesAreInPointsAtBothT() {
        Measured run = run("two-stage", 0.95, 0.94, row(4, 0, 0.2), row(4, 4, 0.91), row(8, 8, 0.93));
        assertThat(PaperComparison.of("table2", List.of(run)).measured())
                .containsExactly(
                        List.of("two-stage", "4", "95.00", "91.00", "4.00"),
                        List.of("two-stage", "8", "95.00", "93.00", "2.00"));
    }

    @Test
    void ratesAreOfBothPolarities() {
        Measured run = run("proposed", 0.9, 0.9, row(4, 0, 0.9));
        assertThat(PaperComparison.of("table4", List.of(run)).measured())
                .containsExactly(
                        List.of("with", "0.1200", "0.2300", "0.3400"),
                        List.of("without", "0.0500", "0.0600", "0.0700"));
    }

    /** Every published table has rows as wide as its heading, and so do ours. */
    @ParameterizedTest
    @ValueSource(strings = {"table1", "table2", "table3", "table4", "table5", "figure1", "figure3"})
    void everyTableIsWrittenInThreeForms(String label) throws Exception {
        Measured run = run("proposed", 0.9, 0.9, row(1, 0, 0.5), row(4, 0, 0.8), row(4, 4, 0.89), row(8, 8, 0.9));
        PaperComparison table = PaperComparison.of(label, List.of(run));
        List<List<String>> rows = new ArrayList<>(table.paper());
        rows.addAll(table.measured());
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSameSizeAs(table.columns()));
        Path html = PaperComparisonFiles.write(folder, table, List.of(run));
        assertThat(Files.readString(html)).contains(table.title(), "As published", "As measured");
        assertThat(Files.readAllLines(folder.resolve(label + ".csv")))
                .hasSize(1 + rows.size())
                .allSatisfy(line -> assertThat(line).matches("(origin|paper|measured),.*"));
        assertThat(Json.read(folder.resolve(label + ".json"), PaperComparison.class))
                .isEqualTo(table);
        assertThat(table.text()).contains(table.title(), "IJCAI 2025");
    }

    @Test
    void whatThePaperDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> PaperComparison.of("table9", List.of(run("proposed", 0.9, 0.9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table9");
    }
}
