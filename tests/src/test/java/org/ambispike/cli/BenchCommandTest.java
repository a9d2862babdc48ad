package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.io.TensorFile;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;
import org.ambispike.report.LatencyFiles;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bench} on a small network and random images. */
class BenchCommandTest {
    @TempDir
    private Path folder;

    private Path snn;
    private Path ann;

    @BeforeEach
    void write() {
        snn = folder.resolve("snn.safetensors");
        ann = folder.resolve("ann.safetensors");
        ModelFiles.write(snn, SmallNetworks.random(1));
        ModelFiles.write(ann, SmallNetworks.clippedAnn(1));
    }

    private CommandLineRun latency(Path model, String... more) {
        List<String> arguments = new ArrayList<>(List.of("bench", "latency", model.toString()));
        arguments.addAll(List.of("--no-data", "--quiet", "--threads", "1"));
        arguments.addAll(List.of(more));
        List.of("--repeats=2", "--seconds=0.01", "--T=1,3").forEach(usual -> {
            String option = usual.substring(0, usual.indexOf('='));
            if (arguments.stream().noneMatch(given -> given.startsWith(option))) {
                arguments.add(usual);
            }
        });
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void measuringAlgorithmsIsAskedForByTheEnvironment() {
        CommandLineRun run = latency(snn, "--autotune");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("AMBISPIKE_CUDA_AUTOTUNE=1").hasLineCount(1);
    }

    @Test
    void measuresEveryTAndBatchAndTheAnn() {
        Path logits = folder.resolve("logits.safetensors");
        CommandLineRun run = latency(snn, "--batch", "2,5", "--logits", logits.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("SNN, T = 3", "ANN", "latency.html", "its limit as T grows");
        LatencyReport report = LatencyFiles.read(folder.resolve(LatencyFiles.JSON));
        assertThat(report.points().stream().map(p -> p.network() + p.timeSteps() + "x" + p.batch()))
                .containsExactly("ann1x2", "ann1x5", "snn1x2", "snn3x2", "snn1x5", "snn3x5");
        assertThat(report.points()).allSatisfy(point -> {
            assertThat(point.milliseconds().calls()).isGreaterThanOrEqualTo(4);
            assertThat(point.milliseconds().p50().value()).isPositive();
            assertThat(point.milliseconds().p99())
                    .isGreaterThanOrEqualTo(point.milliseconds().p95());
            assertThat(point.imagesPerSecond().value()).isPositive();
            assertThat(point.memory().deviceBytes()).isPositive();
            assertThat(point.memory().residentBytes())
                    .isGreaterThan(point.memory().deviceBytes());
            assertThat(point.accuracy()).isNaN();
        });
        LatencyPoint one = report.points().get(2);
        LatencyPoint three = report.points().get(3);
        assertThat(three.image().spikes()).isGreaterThan(one.image().spikes());
        assertThat(report.machine()).containsKeys("processor", "cores", "frequency governor");
        assertThat(folder.resolve(LatencyFiles.CSV)).exists();
        try (TensorFile file = TensorFile.open(logits)) {
            assertThat(file.shape("logits.T3")).isEqualTo(Shape.of(1000, SmallNetworks.CLASSES));
            assertThat(file.shape("images")).isEqualTo(Shape.of(1000, 6, 6, 2));
        }
    }

    @Test
    void takesAnAnnAndComparesRuns() {
        CommandLineRun run = latency(snn, "--batch", "1", "--ann", ann.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("ANN: from ann.safetensors");
        String json = folder.resolve(LatencyFiles.JSON).toString();
        CommandLineRun same = CommandLineRun.of("bench", "compare", json, json, "--expect-same");
        assertThat(same.code()).as(same.err()).isZero();
        assertThat(same.out())
                .contains("the same within their intervals: 3 of 3")
                .doesNotContain("accuracy: ");
        latency(
                snn,
                "--batch",
                "2",
                "--T",
                "1",
                "--out",
                folder.resolve("other").toString());
        CommandLineRun none = CommandLineRun.of(
                "bench",
                "compare",
                json,
                folder.resolve("other").resolve(LatencyFiles.JSON).toString());
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err().lines()).hasSize(1);
    }

    @Test
    void rowsSayInWhatTheyRan() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        CommandLineRun run = latency(snn, "--batch", "1", "--device", "cpu", "--precision", "int8");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("ANN, f32");
        LatencyReport report = LatencyFiles.read(folder.resolve(LatencyFiles.JSON));
        assertThat(report.points()).extracting(LatencyPoint::precision).containsExactly("f32", "int8", "int8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch=0|--batch must be at least 1; got 0",
                "--T=0|--T must be at least 1, at most 1024; got 0",
                "--T=2000|at most 1024; got 2000",
                "--repeats=0|--repeats must be at least 1",
                "--seconds=0|--seconds must be above 0",
                "--batch=x|--batch",
                "--ann=absent.safetensors|absent.safetensors"
            })
    void saysWhatIsWrongInOneLine(String option, String message) {
        CommandLineRun run = latency(snn, option);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(message);
        assertThat(Files.exists(folder.resolve(LatencyFiles.JSON))).isFalse();
    }

    @Test
    void refusesAnAnnAndAnAbsentFile() {
        CommandLineRun run = latency(ann);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("takes a spiking network");
        CommandLineRun absent = latency(folder.resolve("absent.safetensors"));
        assertThat(absent.code()).isEqualTo(2);
        assertThat(absent.err().lines()).hasSize(1);
        SavedModel spiking = ModelFiles.read(snn);
        Path other = folder.resolve("other.safetensors");
        ModelFiles.write(other, spiking);
        CommandLineRun reference = latency(snn, "--ann", other.toString());
        assertThat(reference.code()).isEqualTo(2);
        assertThat(reference.err()).contains("--ann takes an ANN");
    }

    @Test
    void namesItsCommands() {
        CommandLineRun run = CommandLineRun.of("bench");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("latency, compare or convergence");
    }
}
