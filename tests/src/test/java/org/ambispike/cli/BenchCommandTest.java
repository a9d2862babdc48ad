package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
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

    private static String latency(String more) {
        return "bench latency % --no-data --quiet --threads 1 --repeats 2 --seconds 0.01 " + more;
    }

    @Test
    void measuresEveryTAndBatchAndTheAnn() {
        Path logits = folder.resolve("logits.safetensors");
        CommandLineRun run = done(latency("--T 1,3 --batch 2,5 --logits %"), snn, logits);
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
        assertThat(done(latency("--T 1,3 --batch 1 --ann %"), snn, ann).out()).contains("ANN: from ann.safetensors");
        Path json = folder.resolve(LatencyFiles.JSON);
        assertThat(done("bench compare % % --expect-same", json, json).out())
                .contains("the same within their intervals: 3 of 3")
                .doesNotContain("accuracy: ");
        Path other = folder.resolve("other");
        done(latency("--T 1 --batch 2 --out %"), snn, other);
        assertThat(refused("bench compare % %/" + LatencyFiles.JSON, json, other))
                .contains("no T and batch in common");
    }

    @Test
    void rowsSayInWhatTheyRan() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        assertThat(done(latency("--T 1,3 --batch 1 --device cpu --precision int8"), snn)
                        .out())
                .contains("ANN, f32");
        LatencyReport report = LatencyFiles.read(folder.resolve(LatencyFiles.JSON));
        assertThat(report.points()).extracting(LatencyPoint::precision).containsExactly("f32", "int8", "int8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "snn --batch=0|--batch must be at least 1; got 0",
                "snn --T=0|--T must be at least 1, at most 1024; got 0",
                "snn --T=2000|at most 1024; got 2000",
                "snn --repeats=0|--repeats must be at least 1",
                "snn --seconds=0|--seconds must be above 0",
                "snn --batch=x|--batch",
                "snn --ann=absent.safetensors|absent.safetensors",
                "snn --ann=FOLDER/snn.safetensors|--ann takes an ANN",
                "snn --autotune|AMBISPIKE_CUDA_AUTOTUNE=1",
                "ann|takes a spiking network",
                "absent|absent.safetensors"
            })
    void saysWhatIsWrongInOneLine(String typed, String message) {
        String[] words = typed.replace("FOLDER", folder.toString()).split(" ", 2);
        String line = "bench latency %/" + words[0] + ".safetensors --no-data " + (words.length > 1 ? words[1] : "");
        assertThat(refused(line.strip(), folder)).contains(message);
        assertThat(folder.resolve(LatencyFiles.JSON)).doesNotExist();
    }

    @Test
    void namesItsCommands() {
        assertThat(refused("bench")).contains("latency, compare or convergence");
    }
}
