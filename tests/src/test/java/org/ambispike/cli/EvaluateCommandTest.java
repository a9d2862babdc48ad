package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ambispike.Model;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.data.IdxFiles;
import org.ambispike.data.Split;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.paper.Net4;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Early exits on the command line, on the real test images and a network of random weights. */
class EvaluateCommandTest {
    @TempDir
    private Path folder;

    private Path ann;
    private Path snn;

    @BeforeEach
    void write() {
        Dataset images = RealData.fashionMnist(Split.TEST);
        ModelInfo info = new ModelInfo(
                Net4.NAME, images.name(), images.normalisation(), images.classNames(), List.of(1), Map.of());
        Graph graph = Net4.create(0.1, 0);
        Thresholds.Pair pair = new Thresholds.Pair(0.5, 0.1);
        Network clipped = Thresholds.clip(
                new Network(graph, Initialisation.uniform(graph, 1)),
                Map.of("act1", pair, "act2", pair, "act3", pair),
                false);
        Converter.Conversion spiking = Converter.convert(clipped, NeuronVariant.PAIR);
        ann = folder.resolve("ann.safetensors");
        snn = folder.resolve("snn.safetensors");
        ModelFiles.write(ann, new SavedModel(clipped.graph(), clipped.weights(), info));
        ModelFiles.write(snn, new SavedModel(spiking.graph(), spiking.weights(), info));
    }

    @Test
    void exitsAreMeasuredAndWritten() throws Exception {
        Path file = folder.resolve("accuracy.json");
        CommandLineRun run = done(
                "evaluate % --T 2 --exit margin=0.000001,confidence=1@2 --data % --json % --quiet",
                snn, RealData.fashionMnistFolder(), file);
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        double accuracy = json.at("/timeSteps/0/accuracy").asDouble();
        JsonNode late = json.at("/exits/1");
        assertThat(late.get("rule").asText()).isEqualTo("confidence=1.0@2");
        assertThat(late.get("T").asInt()).isEqualTo(2);
        assertThat(late.get("meanTimeSteps").asDouble()).isEqualTo(2);
        assertThat(late.get("accuracy").asDouble()).isEqualTo(accuracy);
        assertThat(json.at("/exits/0/meanTimeSteps").asDouble()).isBetween(1.0, 1.5);
        assertThat(run.out())
                .contains("mean T")
                .containsPattern("margin=1.0E-6 +2 +1\\.\\d\\d ")
                .containsPattern("confidence=1.0@2 +2 +2\\.00 ");
    }

    @Test
    void ratesConvergeToTheAnn() throws Exception {
        Path file = folder.resolve("convergence.json");
        CommandLineRun run =
                done("evaluate % --T 1 --convergence 128,2,16 --data % --json % --quiet", snn, firstImages(), file);
        JsonNode errors = new ObjectMapper().readTree(Files.readString(file)).get("rateErrors");
        assertThat(errors).hasSize(9);
        for (int layer = 0; layer < 3; layer++) {
            String name = errors.get(layer).get("layer").asText();
            assertThat(name).isEqualTo("act" + (layer + 1));
            double[] byT = new double[3];
            for (int index = 0; index < 3; index++) {
                JsonNode error = errors.get(3 * index + layer);
                assertThat(error.get("layer").asText()).isEqualTo(name);
                assertThat(error.get("T").asInt()).isEqualTo(List.of(2, 16, 128).get(index));
                byT[index] = error.get("relativeError").asDouble();
            }
            assertThat(byT[1]).as("%s at T = 16", name).isLessThan(byT[0] / 3);
            assertThat(byT[2]).as("%s at T = 128", name).isLessThan(byT[1] / 3);
        }
        assertThat(run.out())
                .containsPattern("relative error +T=2 +T=16 +T=128")
                .containsPattern("act3 +[01]\\.\\d{4}");
    }

    /** Images of one class, all of them right, or a single one, say nothing of guesses. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void whatIsRightThroughoutIsNoGuess(int count) {
        Model network = Model.load(ann);
        Dataset images = Dataset.of(
                "one class",
                Shape.of(28, 28, 1),
                new byte[count * 28 * 28],
                new int[count],
                List.of("only"),
                Normalisation.none(1));
        Guessing guessing = new Guessing(images);
        assertThat(guessing.said(network, List.of(new TimeStepResult(1, 0, 1, 1))))
                .isEmpty();
        assertThat(guessing.said(network, List.of(new TimeStepResult(1, 0, 0, 1))))
                .hasValueSatisfying(line -> assertThat(line).contains("10.00%", count + " of " + count + " image"));
    }

    /** Accuracy alone would not show what it is of; a missing training part would stop it if it were looked for. */
    @Test
    void testImagesAloneAreEnough() throws Exception {
        Path tests = firstImages();
        for (String name : List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte")) {
            Files.delete(tests.resolve(name));
        }
        for (Path model : List.of(ann, snn)) {
            Path file = folder.resolve("alone.json");
            CommandLineRun run = done("evaluate % --T 2 --data % --json % --quiet", model, tests, file);
            assertThat(run.out()).startsWith("20 of 20 images\n").containsPattern("images/s +[0-9,]+");
            // weights are random
            assertThat(run.out())
                    .contains(model == ann ? "the ANN: on 20 of 20 images" : "T = 2: on 20 of 20 images")
                    .contains("no better than guessing", model == ann ? "--normalisation" : "evaluate the ANN");
            assertThat(run.out().lines().toList().get(1)).contains(model == ann ? "ANN" : "T=2");
            JsonNode json = new ObjectMapper().readTree(Files.readString(file));
            assertThat(json.at("/network").asText()).isEqualTo(model == ann ? "ann" : "snn");
            JsonNode row = json.at("/timeSteps/0");
            assertThat(row.get("T").asInt()).isEqualTo(model == ann ? 1 : 2);
            assertThat(row.get("imagesPerSecond").asDouble()).isPositive();
        }
        assertThat(refused("optimize % --data % --quiet", ann, tests))
                .contains("lacks train-images-idx3-ubyte, train-labels-idx1-ubyte");
    }

    /** Twenty of the real images, as both splits of a folder. */
    private Path firstImages() {
        Dataset images = RealData.fashionMnist(Split.TEST);
        int count = 20;
        int extent = images.imageShape().extent(0);
        int pixels = extent * extent;
        byte[] values = new byte[count * pixels];
        byte[] labels = new byte[count];
        for (int image = 0; image < count; image++) {
            labels[image] = (byte) images.label(image);
            System.arraycopy(images.image(image), 0, values, image * pixels, pixels);
        }
        Path target = folder.resolve("first");
        for (String split : List.of("train", "t10k")) {
            IdxFiles.write(
                    target.resolve(split + "-images-idx3-ubyte"),
                    IdxFiles.idx(new int[] {count, extent, extent}, values));
            IdxFiles.write(target.resolve(split + "-labels-idx1-ubyte"), IdxFiles.idx(new int[] {count}, labels));
        }
        return target;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "evaluate %/snn.safetensors --convergence 4,0|--convergence must be at least 1, at most 1024; got 0",
                "evaluate %/ann.safetensors --exit=margin=0.5|takes a spiking network",
                "evaluate %/ann.safetensors --convergence=8|takes a spiking network",
                "evaluate %/ann.safetensors --precision int8|no spikes",
                "evaluate %/snn.safetensors --precision int8 --convergence 8|runs the ANN as well",
                "optimize %/ann.safetensors --precision int8|calibrate in f32 or bf16",
                "evaluate %/snn.safetensors --device cpu --precision tf32|tf32 is a mode of GPUs"
            })
    void whatANetworkHasNotOrAPrecisionCannotIsRefused(String typed, String message) {
        assertThat(refused(typed, folder)).contains(message);
    }
}
