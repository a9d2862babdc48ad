package org.ambispike.train;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.ambispike.backend.Backend;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Weights;

/**
 * The two-stage calibration of Wang et al. (2025), which joint calibration is compared with: initial potentials first, then
 * BPTT of one layer after another, each by itself, reading what the ANN has at its input. Used by the backend's thread.
 */
final class LayerwiseCalibrator {
    private static final int POTENTIAL_IMAGES = 1_000;

    private final TrainingContext context;
    private final Backend backend;
    private final TeacherNetwork teacher;
    private final StageSettings settings;
    private final CalibrationTarget target;

    /**
     * For one teacher.
     *
     * @param settings of each layer; layers add their names to its name
     * @param target of which the loss of rates and the steepness are taken
     */
    LayerwiseCalibrator(
            TrainingContext context, TeacherNetwork teacher, StageSettings settings, CalibrationTarget target) {
        this.context = context;
        this.backend = context.backend();
        this.teacher = teacher;
        this.settings = settings;
        this.target = target;
    }

    /**
     * Calibrates a network for T steps on the training images, at least a batch of them, and forgets the checkpoints then.
     *
     * @param fingerprint of all settings, by which a checkpoint is known again
     */
    Weights calibrate(Network snn, int timeSteps, Supplier<String> fingerprint) {
        Dataset images = context.images().training();
        List<LayerBlock> blocks = LayerBlock.of(snn.graph());
        Weights weights = new InitialPotentials(backend, teacher, context.cancellation())
                .calibrate(snn, timeSteps, images.slice(0, Math.min(POTENTIAL_IMAGES, images.size())));
        for (LayerBlock block : blocks) {
            weights = weights.with(trained(block, weights.of(block.graph()), timeSteps, fingerprint));
        }
        blocks.forEach(block -> context.forget(stage(block)));
        return weights;
    }

    private String stage(LayerBlock block) {
        return settings.stage() + "-" + block.name();
    }

    private Weights trained(LayerBlock block, Weights start, int timeSteps, Supplier<String> fingerprint) {
        int batch = settings.fit().batch();
        Graph ann = teacher.graph().upTo(block.name());
        ExecutionOptions training = ExecutionOptions.training(batch, timeSteps).withRateGradients();
        ExecutionOptions inference = ExecutionOptions.inference(batch, 1).withRates();
        try (ParameterStore annStore =
                        ParameterStore.create(backend, ann, teacher.weights().of(ann), false);
                Executor reference = Executor.plan(backend, ann, annStore, inference);
                ParameterStore store = ParameterStore.create(backend, block.graph(), start, true);
                Executor student = Executor.plan(backend, block.graph(), store, training)) {
            return new TrainingLoop(context, settings.named(stage(block)))
                    .run(
                            List.of(student),
                            new BlockObjective(backend, reference, block, target),
                            Optional.empty(),
                            context.checkpoint(stage(block), fingerprint));
        }
    }
}
