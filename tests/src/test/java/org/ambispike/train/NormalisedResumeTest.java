package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.Precision;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Weights;
import org.ambispike.support.ChannelImages;
import org.ambispike.support.Interruption;
import org.ambispike.support.NormalisedNetwork;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training with batch normalisation, interrupted within an epoch and resumed: running statistics and all. */
class NormalisedResumeTest {
    private static final int BATCH = 8;
    private static final int STEPS = 10;
    private static final int EPOCHS = 4;
    private static final Graph GRAPH = NormalisedNetwork.graph(0.1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(OptimizerSettings.Method.class)
    void aResumedRunEndsWithTheSameBytes(OptimizerSettings.Method method) {
        Map<String, HostTensor> whole = train(method, Interruption.never(), Optional.empty());
        assertThat(whole.get("norm1.mean"))
                .isNotEqualTo(NormalisedNetwork.weights(GRAPH, 3).get("norm1.mean"));
        Path file = folder.resolve("checkpoint");
        assertThatThrownBy(() -> train(method, Interruption.afterStep(2 * STEPS + 3), checkpoint(file, "settings")))
                .isInstanceOf(CancellationException.class);
        assertThat(file).exists();
        // had it begun anew, it would stop there
        assertThat(train(method, Interruption.afterStep(2 * STEPS), checkpoint(file, "settings")))
                .isEqualTo(whole);
        assertThatThrownBy(() -> train(method, Interruption.never(), checkpoint(file, "others")))
                .hasMessageContaining("other settings");
    }

    private static Optional<StageCheckpoint> checkpoint(Path file, String fingerprint) {
        return Optional.of(new StageCheckpoint(file, fingerprint, true));
    }

    private static Map<String, HostTensor> train(
            OptimizerSettings.Method method, Interruption interruption, Optional<StageCheckpoint> checkpoint) {
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                        ParameterRole.WEIGHTS, RoleSettings.plain(0.01, 0.01),
                        ParameterRole.BIASES, RoleSettings.plain(0.01, 0)))
                .with(method);
        Augmentation moved = Augmentation.shiftAndFlip(1, true);
        StageSettings settings =
                new Fit(EPOCHS, STEPS, BATCH, optimizer, Schedule.ONE_CYCLE, 0.9, moved).stage("test", 5);
        Weights start = NormalisedNetwork.weights(GRAPH, 3);
        Cancellation cancellation = new Cancellation();
        Dataset images = ChannelImages.noise(GRAPH.inputShape(), 10 * BATCH, 4);
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, GRAPH, start, true);
                Executor executor = Executor.plan(backend, GRAPH, store, ExecutionOptions.training(BATCH, 1))) {
            VariancePenalty penalty = new VariancePenalty(new PenaltyGrouping(false, false), 0.1);
            TrainingContext context = TrainingContext.on(backend, new TrainingImages(images, images))
                    .withListener(interruption.of(cancellation))
                    .withCancellation(cancellation);
            return new TrainingLoop(context, settings)
                    .run(
                            List.of(executor),
                            new VariancePenaltyObjective(backend, GRAPH, 0, penalty),
                            Optional.empty(),
                            checkpoint)
                    .tensors();
        }
    }
}
