package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryJsonTest {
    @TempDir
    Path folder;

    @Test
    void namesAndTypesAreThoseOfTheContract() throws IOException {
        JsonNode json = written(SampleRuns.full());

        Stream.of("network", "dataset", "recipe", "profile", "device", "precision", "commit", "command")
                .forEach(name -> assertThat(json.get(name).isTextual()).as(name).isTrue());
        Stream.of("seed", "threads", "testImages")
                .forEach(name ->
                        assertThat(json.get(name).isIntegralNumber()).as(name).isTrue());
        Stream.of("annAccuracy", "clippedAnnAccuracy")
                .forEach(name -> assertThat(json.get(name).isFloatingPointNumber())
                        .as(name)
                        .isTrue());
        Stream.of("timeSteps", "layers", "histograms", "activity", "energy", "ablations")
                .forEach(name -> assertThat(json.get(name).isArray()).as(name).isTrue());
        assertThat(names(json.get("timeSteps").get(0))).isEqualTo("T calibratedFor accuracy imagesPerSecond");
        assertThat(json.get("timeSteps").get(0).get("T").isInt()).isTrue();
        assertThat(json.get("timeSteps").get(0).get("calibratedFor").isInt()).isTrue();
        assertThat(names(json.get("layers").get(0)))
                .isEqualTo("name thetaPositive thetaNegative positiveRate negativeRate relativeError");
        assertThat(names(json.get("wallSeconds"))).startsWith("data train clip");
        assertThat(json.get("wallSeconds").get("train").asDouble()).isEqualTo(2741.0);
        assertThat(names(json.get("energy").get(0))).startsWith("T calibratedFor synapticOperations");
        assertThat(json.get("annAccuracy").asDouble()).isEqualTo(0.9342);
    }

    @Test
    void nothingElseIsInIt() throws IOException {
        assertThat(names(written(SampleRuns.full())))
                .isEqualTo("network dataset recipe profile device precision seed threads commit testImages "
                        + "annAccuracy clippedAnnAccuracy timeSteps layers histograms activity energy "
                        + "ablations wallSeconds settings command");
    }

    @Test
    void readingGivesBackWhatWasWritten() {
        for (RunSummary run : List.of(SampleRuns.full(), SampleRuns.deep(), SampleRuns.bare())) {
            Path file = folder.resolve("summary.json");
            SummaryJson.write(file, run);
            assertThat(SummaryJson.read(file)).isEqualTo(run);
        }
    }

    @Test
    void aFigureThatWasNotMeasuredIsNull() throws IOException {
        assertThat(written(SampleRuns.bare()).get("clippedAnnAccuracy").isNull())
                .isTrue();
        assertThat(SummaryJson.read(folder.resolve("summary.json")).clippedAnnAccuracy())
                .isNaN();
    }

    @Test
    void unknownFieldsAreSkipped() throws IOException {
        Path file = folder.resolve("summary.json");
        SummaryJson.write(file, SampleRuns.full());
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{ \"later\": [1],"));
        assertThat(SummaryJson.read(file)).isEqualTo(SampleRuns.full());
    }

    @Test
    void missingTornAndIncompleteFilesAreNamed() throws IOException {
        Path file = folder.resolve("summary.json");
        assertThatThrownBy(() -> SummaryJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("does not exist");

        SummaryJson.write(file, SampleRuns.full());
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        assertThatThrownBy(() -> SummaryJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("line")
                .hasMessageNotContaining("\n");

        Files.writeString(file, "{\"network\": \"net4\"}");
        assertThatThrownBy(() -> SummaryJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("dataset");

        Files.writeString(file, whole.replace("\"ambispike\"", "null"));
        assertThatThrownBy(() -> SummaryJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("recipe");
    }

    @Test
    void anEvaluationHasTheSameRows() throws IOException {
        Path file = folder.resolve("evaluation.json");
        List<TimeStepResult> results = SampleRuns.full().timeSteps();
        TimeStepsJson.write(file, new TimeStepsJson.Evaluated("snn", 8, 10, results, List.of(), List.of()));

        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(names(json)).isEqualTo("network images allImages timeSteps");
        assertThat(json.get("timeSteps")).isEqualTo(written(SampleRuns.full()).get("timeSteps"));
    }

    private JsonNode written(RunSummary run) throws IOException {
        Path file = folder.resolve("summary.json");
        SummaryJson.write(file, run);
        return new ObjectMapper().readTree(Files.readString(file));
    }

    private static String names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return String.join(" ", names);
    }
}
