package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.data.Cifar10;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.Fit;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both deep networks, very narrow, from end to end on images whose class is their colour. */
class DeepReproductionTest {
    private static final int SIZE = 32;

    static Stream<Arguments> runs() {
        return Stream.of(
                Arguments.of(new ResNet18(4), Recipes.PAPER, 16), Arguments.of(new Vgg16(4), Recipes.AMBISPIKE, 16));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void narrowNetworksLearnFoldConvertAndCalibrate(
            Architecture network, String recipe, int epochs, @TempDir Path folder) {
        Plan plan = plan(network, recipe, epochs);
        RunSummary summary = run(folder, plan);
        assertThat(summary.network()).isEqualTo(network.name());
        assertThat(summary.settings()).containsEntry("width", "4");
        assertThat(summary.annAccuracy()).as("of four classes").isBetween(0.9, 1.0);
        assertThat(accuracy(summary, 8, 8)).isBetween(0.8, 1.0);
        assertThat(summary.timeSteps()).extracting(TimeStepResult::timeSteps).containsOnly(1, 2, 4, 8);
        assertThat(isNormalised(folder, "model")).isTrue();
        assertThat(isNormalised(folder, "clipped"))
                .as("rounding trains normalisation on, clipping does not")
                .isEqualTo(recipe.equals(Recipes.AMBISPIKE));
        for (String folded : List.of("optimized", "snn", "snn-T4")) {
            assertThat(isNormalised(folder, folded)).as(folded).isFalse();
        }
        assertThat(Files.exists(folder.resolve("penalised.safetensors"))).isEqualTo(recipe.equals(Recipes.PAPER));
    }

    private static boolean isNormalised(Path folder, String model) {
        return ModelFiles.read(folder.resolve(model + ".safetensors")).graph().nodes().stream()
                .anyMatch(node -> node.op() instanceof Op.BatchNorm);
    }

    /** The smoke profile at a tenth of the learning rate of its ANN: at all of it, luck decides within so few steps. */
    private static Plan plan(Architecture network, String recipe, int epochs) {
        Recipe small =
                Recipes.plan(network.name(), recipe, Profile.SMOKE).recipe().withBatch(16);
        Recipe timed =
                new Plan(network, Profile.SMOKE, small).withAnnEpochs(epochs).recipe();
        Fit fit = timed.ann().fit();
        Recipe slow = timed.with(timed.ann().with(fit.with(fit.optimizer().scaled(0.1))));
        return new Plan(network, Profile.SMOKE, slow);
    }

    private static double accuracy(RunSummary summary, int timeSteps, int calibratedFor) {
        return summary.timeSteps().stream()
                .filter(row -> row.timeSteps() == timeSteps && row.calibratedFor() == calibratedFor)
                .mapToDouble(TimeStepResult::accuracy)
                .findFirst()
                .orElseThrow();
    }

    private static RunSummary run(Path folder, Plan plan) {
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            TrainingContext where = TrainingContext.on(backend, new TrainingImages(images(128, 1), images(64, 2)))
                    .withSeed(7)
                    .withCheckpoints(new Checkpoints(Reproduction.checkpointFolder(folder), false));
            RunContext context = new RunContext(where, images(64, 3));
            Reproduction.Request request = new Reproduction.Request(folder, plan, false, false, 2, "test");
            return new Reproduction(request, context).run();
        }
    }

    /** Noise around one of four colours. */
    private static Dataset images(int count, long seed) {
        int[][] colours = {{200, 60, 60}, {60, 200, 60}, {60, 60, 200}, {180, 180, 60}};
        Random random = new Random(seed);
        int[] labels = new int[count];
        byte[] pixels = new byte[count * SIZE * SIZE * 3];
        for (int index = 0; index < pixels.length; index++) {
            int image = index / (SIZE * SIZE * 3);
            labels[image] = (image % colours.length);
            int value = colours[labels[image]][index % 3] + (int) (40 * random.nextGaussian());
            pixels[index] = (byte) Math.max(0, Math.min(255, value));
        }
        return Dataset.of(
                "colours",
                Shape.of(SIZE, SIZE, 3),
                pixels,
                labels,
                List.of("red", "green", "blue", "yellow"),
                Cifar10.NORMALISATION);
    }
}
