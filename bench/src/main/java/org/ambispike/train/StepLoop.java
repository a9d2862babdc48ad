package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.ProgressListener;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;
import org.ambispike.graph.ParameterRole;

/** The training loop itself, which is not public, with batches and augmentation as it runs a stage. */
public final class StepLoop implements AutoCloseable {
    /** Small enough that random labels do not spoil the weights. */
    private static final RoleSettings SLOW = RoleSettings.plain(1e-6, 1e-2);

    private final Backend backend;
    private final Dataset images;
    private final int batch;
    private final List<Runnable> closers = new ArrayList<>();
    private final Executor student;
    private final Objective objective;

    /** @param teacher of a joint calibration; empty for training on labels */
    public StepLoop(
            Backend backend, Dataset images, Network network, ExecutionOptions options, Optional<Network> teacher) {
        this.backend = backend;
        this.images = images;
        this.batch = options.batch();
        this.student = plan(network, options);
        this.objective =
                teacher.map(this::joint).orElseGet(() -> (numbers, graph) -> new LabelLoss(backend, 0.05, numbers));
    }

    private Executor plan(Network network, ExecutionOptions options) {
        ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), options.training());
        closers.add(store::close);
        Executor executor = Executor.plan(backend, network.graph(), store, options);
        closers.add(executor::close);
        return executor;
    }

    private Objective joint(Network clipped) {
        Executor teacher = plan(clipped, ExecutionOptions.inference(batch, 1).withRates());
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.MSE), 1, 1, 1, 0.5, 0);
        return new JointObjective(
                backend, teacher, new CalibrationTarget(loss, LayerWeighting.COSINE, KappaSchedule.PAPER));
    }

    public int batch() {
        return batch;
    }

    /** Runs so many steps; {@code afterEach} is called on this thread when a step is done. */
    public void run(int steps, Runnable afterEach) {
        int perEpoch = Math.min(steps, images.size() / batch);
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, SLOW,
                ParameterRole.BIASES, SLOW,
                ParameterRole.THRESHOLDS, SLOW,
                ParameterRole.POTENTIALS, SLOW));
        Fit fit = new Fit(
                (steps + perEpoch - 1) / perEpoch,
                perEpoch,
                batch,
                optimizer,
                Schedule.COSINE,
                0.999,
                Augmentation.shiftAndFlip(2, true));
        TrainingContext context =
                TrainingContext.on(backend, new TrainingImages(images, images)).withListener(new AfterEach(afterEach));
        new TrainingLoop(context, fit.stage("bench", 1))
                .run(List.of(student), objective, Optional.empty(), Optional.empty());
    }

    /** Listens to the steps alone. */
    private record AfterEach(Runnable action) implements ProgressListener {
        @Override
        public void step(long done, String message) {
            action.run();
        }
    }

    @Override
    public void close() {
        for (int index = closers.size() - 1; index >= 0; index--) {
            closers.get(index).run();
        }
    }
}
