package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.data.Split;
import org.ambispike.support.RealData;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each compared method from images to a spiking network, on a part of the real Fashion-MNIST. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComparedMethodsTest {
    private static final int IMAGES = 1_280;
    /** To clip and calibrate with, where that is trained. */
    private static final int FEWER_IMAGES = 640;

    private static final int TEST_IMAGES = 200;

    /** Methods with the same settings of the ANN share it. */
    private final Map<List<Object>, AnnModel> anns = new HashMap<>();

    @TempDir
    private Path folder;

    /** Without calibration rates tend to the activations, from thresholds that are the largest most slowly. */
    @ParameterizedTest
    @CsvSource({"augmapping, 96, 0.08", "strelu, 32, 0.05", "relu-max, 96, 0.08", "relu-percentile, 64, 0.05"})
    void aConvertedNetworkTendsToItsAnn(String name, int timeSteps, double loss) {
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            Plan plan = plan(name);
            RunContext context = context(backend, IMAGES);
            Stages stages = new Stages(context.training(), plan.recipe());
            Measurements measurements = new Measurements(context);
            AnnModel ann = ann(stages, plan);
            AnnModel clipped = stages.clip(ann);
            SpikingModel snn = stages.convert(clipped, plan.recipe().neuron());
            double expected = measurements.accuracy(clipped);
            assertThat(expected).isGreaterThan(0.7);
            double actual = measurements.accuracies(snn, timeSteps)[timeSteps - 1];
            assertThat(actual).isBetween(expected - loss, expected + loss);
            assertThatThrownBy(() -> stages.calibrate(snn, ann, List.of(4)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("does not calibrate");
        }
    }

    @Test
    void twoStagesChangeEachLayerByItself() {
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            Plan plan = plan("two-stage");
            AnnModel ann = ann(new Stages(context(backend, IMAGES).training(), plan.recipe()), plan);
            RunContext context = context(backend, FEWER_IMAGES);
            Stages stages = new Stages(context.training(), plan.recipe());
            Measurements measurements = new Measurements(context);
            AnnModel clipped = stages.clip(ann);
            SpikingModel snn = stages.convert(clipped, plan.recipe().neuron());
            SpikingModel calibrated = stages.calibrate(snn, clipped, List.of(4));
            assertThat(calibrated.calibratedFor()).containsExactly(4);
            double before = measurements.accuracies(snn, 4)[3];
            double after = measurements.accuracies(calibrated, 4)[3];
            assertThat(after).as("within the noise of a few images").isGreaterThan(before - 0.06);
            for (String layer : List.of("conv1", "conv2", "fc1")) {
                assertThat(calibrated.saved().weights().get(layer + ".weight"))
                        .as(layer)
                        .isNotEqualTo(snn.saved().weights().get(layer + ".weight"));
            }
            assertThat(calibrated.saved().weights().get("fc2.weight"))
                    .as("the logits' layer reads what the ANN has and does not fire")
                    .isEqualTo(snn.saved().weights().get("fc2.weight"));
            assertThat(calibrated.saved().weights().get("act1.thetaNegative"))
                    .as("imbalanced thresholds stay tied")
                    .isEqualTo(calibrated.saved().weights().get("act1.thetaPositive"));
            assertThat(folder.resolve("calibrate-T4-act1.checkpoint")).doesNotExist();
            assertThatThrownBy(() -> stages.calibrate(snn, clipped, List.of(2, 4)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("one T");
        }
    }

    private static Plan plan(String method) {
        Recipe recipe = Recipes.plan(Net4.NAME, method, Profile.QUICK).recipe().withBatch(32);
        return new Plan(new Net4(8, 16, 128), Profile.QUICK, recipe).withAnnEpochs(5);
    }

    private AnnModel ann(Stages stages, Plan plan) {
        List<Object> settings = List.of(plan.recipe().alpha(), plan.recipe().ann());
        return anns.computeIfAbsent(settings, missing -> stages.train(plan.network()));
    }

    private RunContext context(Backend backend, int images) {
        Dataset training = RealData.fashionMnist(Split.TRAIN);
        TrainingImages part = new TrainingImages(training.slice(0, images), training.slice(55_000, 55_200));
        return new RunContext(
                TrainingContext.on(backend, part).withCheckpoints(new Checkpoints(folder, false)),
                RealData.fashionMnist(Split.TEST).slice(0, TEST_IMAGES));
    }
}
