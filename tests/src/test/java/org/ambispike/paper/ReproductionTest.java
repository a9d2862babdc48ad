package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.cli.Inspect;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Dataset;
import org.ambispike.data.Split;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.ChannelImages;
import org.ambispike.support.RealData;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.MetricRow;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job from end to end on a part of the real Fashion-MNIST. */
class ReproductionTest {
    private static final int TEST_IMAGES = 300;
    /** Where accuracies are compared with themselves alone. */
    private static final int FEW_TEST_IMAGES = 50;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {Recipes.AMBISPIKE, Recipes.PAPER})
    void aShortRunLearns(String name) {
        List<MetricRow> metrics = new ArrayList<>();
        RunSummary summary = run(
                folder,
                plan(name).withAnnEpochs(10),
                1_280,
                TEST_IMAGES,
                false,
                where -> where.withMetrics(metrics::add));
        assertThat(summary.annAccuracy()).isGreaterThan(0.72);
        assertThat(summary.clippedAnnAccuracy()).isGreaterThan(0.72);
        assertThat(accuracy(summary, 4, 4)).isGreaterThan(0.72);
        assertThat(accuracy(summary, 2, 2)).isGreaterThan(0.7);
        assertThat(accuracy(summary, 1, 1)).isGreaterThan(accuracy(summary, 1, 0) + 0.2);
        assertThat(accuracy(summary, 16, 0))
                .as("without calibration the rates tend to the ANN's activations")
                .isCloseTo(summary.clippedAnnAccuracy(), within(0.03));
        assertThat(followed(summary, 0)).containsExactly(1, 2, 4, 6, 8, 10, 16);
        assertThat(followed(summary, 1)).containsExactly(1, 2);
        assertThat(followed(summary, 2)).containsExactly(1, 2, 4);
        assertThat(followed(summary, 4)).containsExactly(1, 2, 4, 6, 8);
        assertThat(followed(summary, 8)).containsExactly(1, 2, 4, 6, 8, 10, 16);
        assertThat(summary.layers()).hasSize(3).allSatisfy(layer -> {
            assertThat(layer.thetaPositive()).isPositive();
            assertThat(layer.thetaNegative()).isPositive();
            assertThat(layer.positiveRate()).as("spikes a step").isBetween(0.02, 0.5);
            assertThat(layer.negativeRate()).as("spikes a step").isBetween(0.02, 0.5);
            assertThat(layer.relativeError()).as("at T = 4").isBetween(0.05, 0.9);
        });
        assertThat(summary.energy())
                .allSatisfy(energy -> assertThat(energy.synapticOperations()).isPositive());
        assertThat(metrics).extracting(MetricRow::stage).contains("train", "calibrate-T1", "calibrate-T8");
        assertThat(metrics)
                .extracting(MetricRow::stage)
                .contains(name.equals(Recipes.PAPER) ? new String[] {"penalty", "clip"} : new String[] {"quantise"});
    }

    @Test
    void aKilledRunResumedEndsWithTheSameBytes() throws IOException {
        Plan plan = plan(Recipes.AMBISPIKE).withAnnEpochs(3);
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        run(whole, plan, 160, FEW_TEST_IMAGES, false, UnaryOperator.identity());
        for (int stopAfter : new int[] {7, 13, 23}) {
            Cancellation cancellation = new Cancellation();
            assertThatThrownBy(() ->
                            run(killed, plan, 160, FEW_TEST_IMAGES, true, where -> where.withCancellation(cancellation)
                                    .withListener(stopAfter(cancellation, stopAfter))))
                    .isInstanceOf(CancellationException.class);
        }
        provenanceTellsTheAccuracy(killed, run(killed, plan, 160, FEW_TEST_IMAGES, true, UnaryOperator.identity()));
        for (String file : List.of(
                "model.safetensors",
                "optimized.safetensors",
                "snn.safetensors",
                "snn-T1.safetensors",
                "snn-T8.safetensors")) {
            assertThat(Files.mismatch(whole.resolve(file), killed.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    /** The quick profile of a narrow Net4: what is proved does not depend on its width, what it takes does. */
    private static Plan plan(String recipe) {
        return new Plan(
                new Net4(8, 16, 128),
                Profile.QUICK,
                Recipes.plan(Net4.NAME, recipe, Profile.QUICK).recipe().withBatch(32));
    }

    private static void provenanceTellsTheAccuracy(Path run, RunSummary summary) {
        String calibrated = ModelFiles.read(run.resolve("snn-T2.safetensors"))
                .info()
                .provenance()
                .get("accuracy");
        assertThat(calibrated)
                .contains(String.format(Locale.ROOT, "%.4f at T = 2,", accuracy(summary, 2, 2)))
                .endsWith("; on " + FEW_TEST_IMAGES + " of 10,000 images of Fashion-MNIST");
        assertThat(Inspect.describe(run.resolve("model.safetensors")))
                .containsPattern("accuracy +"
                        + String.format(Locale.ROOT, "%.4f", summary.annAccuracy())
                                .replace(".", "\\.")
                        + "; on");
    }

    /** As many images that are others make other networks, too. */
    @Test
    void aRunOfOtherSettingsOrImagesIsNotResumed() {
        Plan plan = plan(Recipes.AMBISPIKE).withAnnEpochs(1);
        Dataset images = ChannelImages.noise(Shape.of(28, 28, 1), 20, 10);
        Dataset first = images.slice(0, 10);
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            begin(folder, plan, backend, first, false);
            assertThat(begin(folder, plan, backend, first, true).isResumed()).isTrue();
            List<ThrowingCallable> others = List.of(
                    () -> begin(folder, plan.withAnnEpochs(2), backend, first, true),
                    () -> begin(folder, plan, backend, images.slice(10, 20), true));
            assertThat(others).allSatisfy(other -> assertThatThrownBy(other)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("other settings"));
        }
    }

    private static Reproduction begin(Path folder, Plan plan, Backend backend, Dataset images, boolean resume) {
        TrainingContext where = TrainingContext.on(backend, new TrainingImages(images, images));
        return new Reproduction(
                new Reproduction.Request(folder, plan, resume, false, 1, "test"), new RunContext(where, images));
    }

    private static List<Integer> followed(RunSummary summary, int calibratedFor) {
        return summary.timeSteps().stream()
                .filter(row -> row.calibratedFor() == calibratedFor)
                .map(TimeStepResult::timeSteps)
                .toList();
    }

    private static double accuracy(RunSummary summary, int timeSteps, int calibratedFor) {
        return summary.timeSteps().stream()
                .filter(row -> row.timeSteps() == timeSteps && row.calibratedFor() == calibratedFor)
                .mapToDouble(TimeStepResult::accuracy)
                .findFirst()
                .orElseThrow();
    }

    /** Asks to stop once so many steps were done, as Ctrl-C does. */
    private static ProgressListener stopAfter(Cancellation cancellation, int steps) {
        return new ProgressListener() {
            private int seen;

            @Override
            public void step(long done, String message) {
                if (++seen == steps) {
                    cancellation.request();
                }
            }
        };
    }

    private static RunSummary run(
            Path folder,
            Plan plan,
            int images,
            int testImages,
            boolean resume,
            UnaryOperator<TrainingContext> watched) {
        Dataset training = RealData.fashionMnist(Split.TRAIN);
        Dataset test = RealData.fashionMnist(Split.TEST).slice(0, testImages);
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            TrainingImages part = new TrainingImages(training.slice(0, images), training.slice(images, images + 500));
            TrainingContext where = TrainingContext.on(backend, part)
                    .withSeed(7)
                    .withCheckpoints(new Checkpoints(Reproduction.checkpointFolder(folder), resume));
            RunContext context = new RunContext(watched.apply(where), test);
            Reproduction.Request request = new Reproduction.Request(folder, plan, resume, false, 2, "test");
            return new Reproduction(request, context).run();
        }
    }
}
