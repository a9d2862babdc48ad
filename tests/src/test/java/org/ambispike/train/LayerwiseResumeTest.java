package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.RateLoss;
import org.ambispike.convert.Converter;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Interruption;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calibration layer by layer, interrupted in a layer and resumed. */
class LayerwiseResumeTest {
    private static final int BATCH = 8;
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    /** A resumed run that repeated a step of a finished epoch would be stopped there. */
    @ParameterizedTest
    @CsvSource({
        "layers-act1, 9, layers-act1, 6",
        "layers-act2, 3, layers-act1, 12",
        "layers-act2, 10, layers-act2, 6",
    })
    void aResumedRunEndsWithTheSameBytes(String stage, long step, String doneStage, long doneStep) {
        Map<String, HostTensor> whole = calibrate(Interruption.never(), folder.resolve("whole"));
        Path interrupted = folder.resolve("interrupted");
        assertThatThrownBy(() -> calibrate(Interruption.of(stage, step), interrupted))
                .isInstanceOf(CancellationException.class);
        assertThat(calibrate(Interruption.of(doneStage, doneStep), interrupted)).isEqualTo(whole);
    }

    @Test
    void everyLayerLearns() {
        Map<String, HostTensor> calibrated = calibrate(Interruption.never(), folder);
        Map<String, HostTensor> start = snn().weights().tensors();
        assertThat(calibrated.get("conv1.weight")).isNotEqualTo(start.get("conv1.weight"));
        assertThat(calibrated.get("conv2.weight")).isNotEqualTo(start.get("conv2.weight"));
        assertThat(calibrated.get("fc1.weight")).isEqualTo(start.get("fc1.weight"));
    }

    private static SavedModel snn() {
        SavedModel ann = SmallNetworks.clippedAnn(1);
        Converter.Conversion snn = Converter.convert(ann.network(), NeuronVariant.IBT);
        return new SavedModel(snn.graph(), snn.weights(), ann.info());
    }

    private static Map<String, HostTensor> calibrate(Interruption interruption, Path checkpoints) {
        SavedModel ann = SmallNetworks.clippedAnn(1);
        SavedModel snn = snn();
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(1e-3, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(1e-3, 0)));
        StageSettings stage =
                new StageSettings("layers", 2, STEPS, BATCH, 5, Schedule.COSINE, optimizer, 0, Augmentation.none());
        Cancellation cancellation = new Cancellation();
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            return new LayerwiseCalibrator(
                            backend,
                            new TeacherNetwork(ann.network()),
                            new LayerwiseCalibrator.Settings(stage, RateLoss.MSE, KappaSchedule.PAPER),
                            new LayerwiseCalibrator.Surroundings(
                                    interruption.of(cancellation),
                                    cancellation,
                                    row -> {},
                                    name -> Optional.of(
                                            new StageCheckpoint(checkpoints.resolve(name), "settings", true))))
                    .calibrate(snn.graph(), snn.weights(), 3, images(ann))
                    .tensors();
        }
    }

    private static Dataset images(SavedModel ann) {
        int count = STEPS * BATCH;
        byte[] pixels = new byte[Math.toIntExact(count * SmallNetworks.IMAGE.elements())];
        new Random(3).nextBytes(pixels);
        return Dataset.of(
                "noise",
                SmallNetworks.IMAGE,
                pixels,
                new int[count],
                List.of("ant", "bee", "cat", "dog"),
                ann.info().normalisation());
    }
}
