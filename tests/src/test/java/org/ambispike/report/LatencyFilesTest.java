package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.latency.CallMemory;
import org.ambispike.latency.CallTimes;
import org.ambispike.latency.ImageWork;
import org.ambispike.latency.Interval;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and comparison of latency benchmarks; no figure in here was measured. */
class LatencyFilesTest {
    @TempDir
    private Path folder;

    private static LatencyPoint point(
            String network, int timeSteps, String exit, double accuracy, double milliseconds) {
        return point(network, timeSteps, exit, accuracy, timeSteps, milliseconds);
    }

    private static LatencyPoint point(
            String network, int timeSteps, String exit, double accuracy, double meanTimeSteps, double milliseconds) {
        double speed = 1000 / milliseconds;
        return new LatencyPoint(
                network,
                network.equals("ann") ? "f32" : "int8",
                timeSteps,
                exit,
                1,
                accuracy,
                Double.NaN,
                meanTimeSteps,
                new CallTimes(
                        10,
                        new Interval(milliseconds, milliseconds * 0.9, milliseconds * 1.1),
                        milliseconds * 1.2,
                        milliseconds * 1.3,
                        milliseconds),
                new Interval(speed, speed * 0.9, speed * 1.1),
                new CallMemory(1 << 20, 2 << 20),
                exit.isEmpty() ? new ImageWork(5, 6, 7, 8) : ImageWork.UNKNOWN);
    }

    static LatencyReport report(double slower) {
        return report(List.of(
                point("ann", 1, "", 0.9, 1),
                point("snn", 1, "", 0.8, 2),
                point("snn", 4, "", 0.91, 4 * slower),
                point("snn", 4, "margin=0.5", Double.NaN, 3)));
    }

    private static LatencyReport report(List<LatencyPoint> points) {
        return new LatencyReport(
                "ambispike",
                "net4 <b>, pair neurons",
                "made up",
                "images",
                10,
                "cpu",
                "f32",
                1,
                "abc",
                Map.of("processor", "none"),
                Map.of("rounds", "7"),
                points,
                "ambispike bench latency");
    }

    @Test
    void jsonGivesBackWhatWasWritten() throws Exception {
        LatencyFiles.write(folder, report(1));
        assertThat(LatencyFiles.read(folder.resolve("latency.json"))).isEqualTo(report(1));
        JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("latency.json")));
        assertThat(json.at("/points/2/T").asInt()).isEqualTo(4);
        assertThat(json.at("/points/2/milliseconds/p50/value").asDouble()).isEqualTo(4);
        assertThat(json.at("/points/2/imagesPerSecond/low").asDouble()).isEqualTo(225);
        assertThat(json.at("/points/0/precision").asText()).isEqualTo("f32");
        assertThat(json.at("/points/3/accuracy").isNull()).isTrue();
    }

    @Test
    void csvHasARowForEachPointAndEmptyCells() throws Exception {
        LatencyFiles.write(folder, report(1));
        List<String> lines = Files.readAllLines(folder.resolve("latency.csv"));
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0))
                .startsWith("network,precision,T,exit,batch,accuracy,meanTimeSteps,calls,p50Milliseconds,");
        assertThat(lines.get(3))
                .startsWith("snn,int8,4,,1,0.91,4.0,10,4.0,")
                .endsWith(",1048576,2097152,5.0,6.0,7.0,8.0,");
        assertThat(lines.get(4)).startsWith("snn,int8,4,margin=0.5,1,,4.0,").endsWith(",,,,,");
        assertThat(lines).allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(24));
    }

    @Test
    void pageMarksWhatIsNotBeatenAndEscapesNames() throws Exception {
        LatencyFiles.write(folder, report(1));
        String page = Files.readString(folder.resolve("latency.html"));
        assertThat(page)
                .contains("<!DOCTYPE html>", "net4 &lt;b&gt;")
                .doesNotContain("<b>, pair", "http-equiv", "src=");
        assertThat(page).contains("ANN, f32</th>");
        assertThat(page).contains("SNN, T = 1</th>\n<td>1.00</td>\n<td>80.00</td>\n<td>2.00</td>\n<td>yes</td>");
        assertThat(page).contains("SNN, T = 4</th>\n<td>4.00</td>\n<td>91.00</td>\n<td>4.00</td>\n<td>no</td>");
    }

    @Test
    void pageSaysWhatEarlyExitsSave() throws Exception {
        LatencyPoint full = point("snn", 4, "", 0.91, 4);
        LatencyPoint few = point("snn", 4, "margin=0.2", 0.9, 1.5, 2);
        LatencyPoint some = point("snn", 4, "margin=0.5", 0.909, 2.25, 3);
        LatencyPoint many = point("snn", 4, "margin=0.9", 0.91, 3.5, 4);
        LatencyFiles.write(folder, report(List.of(full, few, many, some)));
        assertThat(Files.readString(folder.resolve("latency.html")))
                .contains("Within 0.1 points of all 4 steps (91.00 %) at a mean of 2.25 steps, by margin=0.5.")
                .contains("From the earliest exits up")
                .containsPattern("margin=0.2</th>\\s*<td>4</td>\\s*<td>1</td>\\s*<td>1.50</td>\\s*<td>90.00</td>");
        assertThat(Files.readAllLines(folder.resolve("latency.csv")).get(2))
                .startsWith("snn,int8,4,margin=0.2,1,0.9,1.5,");
        LatencyFiles.write(folder, report(List.of(full, few)));
        assertThat(Files.readString(folder.resolve("latency.html")))
                .contains("No rule measured here comes within 0.1 points of all 4 steps");
    }

    @Test
    void frontKeepsEqualPointsAndDropsNan() {
        ParetoFront<double[]> front = new ParetoFront<>(point -> point[0], point -> point[1]);
        double[] cheap = {1, 1};
        double[] same = {1, 1};
        double[] beaten = {2, 1};
        double[] dear = {3, 2};
        double[] unknown = {0, Double.NaN};
        assertThat(front.of(List.of(dear, beaten, cheap, unknown, same))).containsExactly(cheap, same, dear);
    }

    @Test
    void comparisonSaysWhatIsOutsideTheIntervals() {
        assertThat(LatencyComparison.of(report(1), report(1.1)).agreeing()).isEqualTo(4);
        LatencyComparison slower = LatencyComparison.of(report(1), report(2));
        assertThat(slower.agreeing()).isEqualTo(3);
        assertThat(slower.pairs().get(2).speed()).isEqualTo(0.5);
        assertThat(slower.table())
                .startsWith("accuracy: first on 10 of 10 images, second on 10 of 10 images\n")
                .containsPattern("SNN, T = 4 .* 0\\.50 .* slower");
        LatencyReport fewer = report(report(1).points().subList(0, 1));
        assertThat(LatencyComparison.of(report(1), fewer).unmatched()).isEqualTo(3);
        assertThatThrownBy(() -> LatencyComparison.of(report(List.of()), fewer))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no T and batch in common");
    }
}
