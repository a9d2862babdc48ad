package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.io.SavedModel;
import org.ambispike.support.ChannelImages;
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
                new Fit(2, STEPS, BATCH, optimizer, Schedule.COSINE, 0, Augmentation.none()).stage("layers", 5);
        Cancellation cancellation = new Cancellation();
        Dataset images = ChannelImages.noise(SmallNetworks.IMAGE, STEPS * BATCH, 4);
        try (TrainingContext context =
                TrainingContext.on(CpuBackend.open(Precision.F32, 1), new TrainingImages(images, images))) {
            TrainingContext watched = context.withListener(interruption.of(cancellation))
                    .withCancellation(cancellation)
                    .withCheckpoints(new Checkpoints(checkpoints, true));
            return new LayerwiseCalibrator(
                            watched, new TeacherNetwork(ann.network()), stage, CalibrationTarget.defaults())
                    .calibrate(snn.network(), 3, () -> "settings")
                    .tensors();
        }
    }
}
