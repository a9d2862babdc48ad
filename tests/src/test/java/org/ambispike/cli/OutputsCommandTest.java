package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.data.NpyArray;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.MapNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks without classes on the command line. */
class OutputsCommandTest {
    private static final int IMAGES = 4;
    private static final String CALIBRATE =
            "calibrate % --teacher % --data % --out %/out --T 4 --batch 4 --calibration-epochs 2 --quiet ";

    @TempDir
    private Path folder;

    private Path snn;
    private Path ann;
    private Path data;

    @BeforeEach
    void write() {
        snn = folder.resolve("net").resolve("snn.safetensors");
        ModelFiles.write(snn, MapNetwork.spiking(1));
        ann = snn.resolveSibling("model.safetensors");
        ModelFiles.write(ann, MapNetwork.ann(1));
        data = snn.resolveSibling("input.npy");
        NpyArray.write(data, new HostTensor(Shape.of(IMAGES, 6, 5, 2), MapNetwork.images(IMAGES, 2)));
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(Files.readString(snn.resolveSibling(name)));
    }

    @Test
    void resultsAreComparedWithTheAnn() throws Exception {
        assertThat(done("evaluate % --target ann --T 4,64 --data % --quiet", snn, data)
                        .out())
                .contains("4 of 4 images, against the ANN of model.safetensors")
                .contains("map ", "pair", "all", "relative error", "PSNR, dB", "snn-outputs.html");
        JsonNode rows = json("snn-outputs.json").get("rows");
        assertThat(rows).hasSize(6);
        assertThat(rows.get(0).get("output").asText()).isEqualTo("all");
        assertThat(rows.get(0).get("T").asInt()).isEqualTo(4);
        assertThat(rows.get(0).get("agreement").isNull()).isTrue();
        double early = rows.get(0).get("relativeError").asDouble();
        assertThat(rows.get(3).get("relativeError").asDouble()).isBetween(1e-4, 0.2 * early);
        assertThat(Files.readAllLines(snn.resolveSibling("snn-outputs.csv")))
                .hasSize(7)
                .startsWith("output,T,relativeError,psnr,range,agreement");
        assertThat(Files.readString(snn.resolveSibling("snn-outputs.html")))
                .contains("data-chart=\"target\"", "Peak signal-to-noise ratio")
                .containsPattern("pair</th>\\s*<td>64</td>");
    }

    @Test
    void calibrationSaysWhetherItHelped() {
        assertThat(done(CALIBRATE + "--rate 0.5 --augmentation none", snn, ann, data, folder)
                        .out())
                .containsPattern("T = 4: relative error against the ANN 0\\.\\d{3} before, .* after, on 4 of 4 images")
                .contains("it got worse, try a tenth of the rate");
        assertThat(done(CALIBRATE + "--rate 1e-9 --augmentation none", snn, ann, data, folder)
                        .out())
                .containsPattern("T = 4: relative error .* on 4 of 4 images")
                .doesNotContain("it got worse");
    }

    @Test
    void valuesAreNotAugmented() {
        assertThat(refused(CALIBRATE + "--augmentation flip", snn, ann, data, folder))
                .contains("input.npy: augmentation is of pixels", "--augmentation none");
    }

    /** Without classes there is no accuracy, so results are compared without being asked for. */
    @Test
    void theLimitIsWhatThereIsToCompareWith() throws Exception {
        Files.delete(ann);
        assertThat(done("evaluate % --T 4 --data % --quiet", snn, data).out())
                .contains("against the clipped ANN that it tends to");
    }

    @Test
    void resultsAreComparedWithGivenOnes() throws Exception {
        Path targets = folder.resolve("targets.npy");
        NpyArray.write(targets, HostTensor.filled(Shape.of(IMAGES, MapNetwork.VALUES), 0.5f));
        done("evaluate % --target % --range 2 --data % --quiet", ann, targets, data);
        JsonNode row = json("model-outputs.json").get("rows").get(0);
        assertThat(row.get("range").asDouble()).isEqualTo(2);
        double error = row.get("relativeError").asDouble();
        // the squared error is that of the targets, each of which is 0.5, times the relative error squared
        assertThat(row.get("psnr").asDouble()).isCloseTo(10 * Math.log10(4 / (error * error * 0.25)), within(1e-6));
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() {
        Path targets = folder.resolve("targets.npy");
        NpyArray.write(targets, HostTensor.filled(Shape.of(IMAGES, 7), 0));
        assertThat(refused("evaluate % --target % --data % --quiet", snn, targets, data))
                .contains("targets.npy", "[4, 7]", "expected [92]");
        assertThat(refused("evaluate % --exit margin=0.5 --data % --quiet", snn, data))
                .contains("--exit");
        assertThat(refused("evaluate % --data % --quiet", ann, data)).contains("--target");
    }

    @Test
    void convergenceIsATable() throws Exception {
        Path bad = folder.resolve("bad");
        Files.createDirectories(bad);
        Files.writeString(bad.resolve("model.onnx"), "no model");
        Files.copy(data, bad.resolve("input.npy"));
        Path json = folder.resolve("rows.json");
        assertThat(done("bench convergence % --T 4,16,64,256 --neuron memory,pair --json % --quiet", folder, json)
                        .out())
                .contains("T=256", "memory", "pair", "yes", "bad: ");
        JsonNode rows = new ObjectMapper().readTree(Files.readString(json));
        // a refusal, the ANN as two networks, and the spiking network
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0).get("refusal").asText()).contains("model.onnx");
        assertThat(rows.get(1).get("neurons").asText()).isEqualTo("memory");
        assertThat(rows.get(3).get("errors").get(3).asDouble()).isLessThan(0.05);
    }

    @Test
    void latencyStandsAgainstTheRelativeError() throws Exception {
        assertThat(done("bench latency % --T 2,16 --batch 1 --repeats 1 --seconds 0.01 --data % --quiet", snn, data)
                        .out())
                .contains("relative error")
                .doesNotContain("accuracy");
        JsonNode points = json("latency.json").get("points");
        assertThat(points).hasSize(3);
        assertThat(points.get(0).get("relativeError").asDouble()).isZero();
        assertThat(points.get(0).get("accuracy").isNull()).isTrue();
        assertThat(points.get(2).get("relativeError").asDouble())
                .isBetween(1e-3, 0.5 * points.get(1).get("relativeError").asDouble());
        assertThat(points.get(1).at("/image/spikes").asDouble()).isPositive();
        assertThat(Files.readString(snn.resolveSibling("latency.html"))).contains("Relative error against latency");
        Path written = snn.resolveSibling("latency.json");
        done("bench compare % %", written, written);
    }
}
