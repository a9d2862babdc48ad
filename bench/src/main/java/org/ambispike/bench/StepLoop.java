package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;
import org.ambispike.graph.ParameterRole;
import org.ambispike.train.CalibrationLoss;
import org.ambispike.train.JointObjective;
import org.ambispike.train.KappaSchedule;
import org.ambispike.train.LabelObjective;
import org.ambispike.train.LayerWeighting;
import org.ambispike.train.Objective;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;
import org.ambispike.train.StageSettings;
import org.ambispike.train.TrainingLoop;

/** The training loop itself, batches and augmentation included, as it runs a stage. */
final class StepLoop implements AutoCloseable {
    /** Small enough that random labels do not spoil the weights. */
    private static final RoleSettings SLOW = RoleSettings.plain(1e-6, 1e-2);

    private final Backend backend;
    private final Workload workload;
    private final int batch;
    private final List<Runnable> closers = new ArrayList<>();
    private final Executor student;
    private final Objective objective;

    private StepLoop(
            Backend backend, Workload workload, int batch, Network network, ExecutionOptions options, boolean taught) {
        this.backend = backend;
        this.workload = workload;
        this.batch = batch;
        this.student = plan(network, options);
        this.objective = taught ? joint() : new LabelObjective(backend, 0.05);
    }

    /** Training the ANN on labels. */
    static StepLoop training(Backend backend, Workload workload) {
        int batch = Workload.TRAINING_BATCH;
        return new StepLoop(backend, workload, batch, workload.ann(), ExecutionOptions.training(batch, 1), false);
    }

    /** Joint calibration of the spiking network with the ANN as its teacher. */
    static StepLoop calibration(Backend backend, Workload workload) {
        int batch = Workload.CALIBRATION_BATCH;
        ExecutionOptions options =
                ExecutionOptions.training(batch, Workload.CALIBRATION_STEPS).withRateGradients();
        return new StepLoop(backend, workload, batch, workload.spiking(), options, true);
    }

    /** Training the spiking network through time on labels. */
    static StepLoop throughTime(Backend backend, Workload workload, int batch, int timeSteps) {
        ExecutionOptions options = ExecutionOptions.training(batch, timeSteps);
        return new StepLoop(backend, workload, batch, workload.spiking(), options, false);
    }

    private Executor plan(Network network, ExecutionOptions options) {
        ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), options.training());
        closers.add(store::close);
        Executor executor = Executor.plan(backend, network.graph(), store, options);
        closers.add(executor::close);
        return executor;
    }

    private Objective joint() {
        Executor teacher =
                plan(workload.clipped(), ExecutionOptions.inference(batch, 1).withRates());
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.MSE), 1, 1, 1, 0.5, 0);
        return new JointObjective(backend, teacher, loss, LayerWeighting.COSINE, KappaSchedule.PAPER);
    }

    int batch() {
        return batch;
    }

    /** Runs so many steps; {@code afterEach} is called on this thread when a step is done. */
    void run(int steps, Runnable afterEach) {
        int perEpoch = Math.min(steps, workload.images().size() / batch);
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, SLOW,
                ParameterRole.BIASES, SLOW,
                ParameterRole.THRESHOLDS, SLOW,
                ParameterRole.POTENTIALS, SLOW));
        StageSettings settings = new StageSettings(
                "bench",
                (steps + perEpoch - 1) / perEpoch,
                perEpoch,
                batch,
                1,
                Schedule.COSINE,
                optimizer,
                0.999,
                Augmentation.shiftAndFlip(2, true));
        new TrainingLoop(backend, settings, new AfterEach(afterEach), new Cancellation(), row -> {})
                .run(List.of(student), objective, workload.images(), Optional.empty(), Optional.empty());
    }

    /** Listens to the steps alone. */
    private record AfterEach(Runnable action) implements ProgressListener {
        @Override
        public void stage(String name, long totalSteps) {}

        @Override
        public void step(long done, String message) {
            action.run();
        }

        @Override
        public void note(String line) {}

        @Override
        public void stageDone(String summary) {}
    }

    @Override
    public void close() {
        for (int index = closers.size() - 1; index >= 0; index--) {
            closers.get(index).run();
        }
    }
}
