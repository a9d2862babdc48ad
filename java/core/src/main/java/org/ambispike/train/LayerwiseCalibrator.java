package org.ambispike.train;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/**
 * The two-stage calibration of Wang et al. (2025), which joint calibration is compared with: initial potentials first, then
 * BPTT of one layer after another, each by itself, reading what the ANN has at its input. Used by the backend's thread.
 */
final class LayerwiseCalibrator {
    private static final int POTENTIAL_IMAGES = 1_000;

    /**
     * How layers are trained.
     *
     * @param stage of each layer; layers add their names to its name
     * @param loss between rates and the ANN's activations
     */
    public record Settings(StageSettings stage, RateLoss loss, KappaSchedule kappa) {}

    /**
     * Where progress is reported, and where states are kept.
     *
     * @param checkpoints by the stage's name
     */
    public record Surroundings(
            ProgressListener listener,
            Cancellation cancellation,
            Consumer<MetricRow> metrics,
            Function<String, Optional<StageCheckpoint>> checkpoints) {}

    private final Backend backend;
    private final TeacherNetwork teacher;
    private final Settings settings;
    private final Surroundings surroundings;

    public LayerwiseCalibrator(Backend backend, TeacherNetwork teacher, Settings settings, Surroundings surroundings) {
        this.backend = backend;
        this.teacher = teacher;
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /**
     * Calibrates a network for T steps.
     *
     * @param images to calibrate on, at least a batch of them
     */
    public Weights calibrate(Graph snn, Weights start, int timeSteps, Dataset images) {
        Dataset first = images.slice(0, Math.min(POTENTIAL_IMAGES, images.size()));
        Weights weights = new InitialPotentials(backend, teacher, surroundings.cancellation())
                .calibrate(snn, start, timeSteps, first);
        for (LayerBlock block : LayerBlock.of(snn)) {
            weights = weights.with(trained(block, weights.of(block.graph()), timeSteps, images));
        }
        return weights;
    }

    /** The stages of which {@link #calibrate} leaves checkpoints. */
    public List<String> stages(Graph snn) {
        return LayerBlock.of(snn).stream().map(this::stage).toList();
    }

    private String stage(LayerBlock block) {
        return settings.stage().stage() + "-" + block.name();
    }

    private Weights trained(LayerBlock block, Weights start, int timeSteps, Dataset images) {
        StageSettings stage = settings.stage().named(stage(block));
        Graph ann = teacher.graph().upTo(block.name());
        ExecutionOptions training =
                ExecutionOptions.training(stage.batch(), timeSteps).withRateGradients();
        ExecutionOptions inference =
                ExecutionOptions.inference(stage.batch(), 1).withRates();
        try (ParameterStore annStore =
                        ParameterStore.create(backend, ann, teacher.weights().of(ann), false);
                Executor reference = Executor.plan(backend, ann, annStore, inference);
                ParameterStore store = ParameterStore.create(backend, block.graph(), start, true);
                Executor student = Executor.plan(backend, block.graph(), store, training)) {
            BlockObjective objective = new BlockObjective(backend, reference, block, settings.loss(), settings.kappa());
            TrainingLoop loop = new TrainingLoop(
                    backend, stage, surroundings.listener(), surroundings.cancellation(), surroundings.metrics());
            return loop.run(
                    List.of(student),
                    objective,
                    images,
                    Optional.empty(),
                    surroundings.checkpoints().apply(stage.stage()));
        }
    }
}
