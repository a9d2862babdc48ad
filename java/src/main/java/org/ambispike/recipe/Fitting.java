package org.ambispike.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.calibrate.JointObjective;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.evaluate.Evaluator;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.train.Objective;
import org.ambispike.train.StageCheckpoint;
import org.ambispike.train.StageSettings;
import org.ambispike.train.TrainingLoop;

/** The training of one stage: plans who learns from whom, and runs the loop. Used by the backend's thread. */
final class Fitting {
    private static final int EVALUATION_BATCH = 100;

    private final RunContext context;
    private final Backend backend;
    private final String fingerprint;

    /** @param fingerprint by which checkpoints are known again */
    Fitting(RunContext context, String fingerprint) {
        this.context = context;
        this.backend = context.backend();
        this.fingerprint = fingerprint;
    }

    Optional<StageCheckpoint> checkpoint(String stage) {
        return context.checkpoint(stage, fingerprint);
    }

    /** Trains an ANN. */
    Weights fit(StageSettings settings, Graph graph, Weights start, Objective objective) {
        return fit(settings, new Thresholds.Network(graph, start), objective, List.of(1), 0);
    }

    /**
     * Trains an ANN whose activations are rounded with another one as teacher.
     *
     * @param dither in levels
     */
    Weights round(
            StageSettings settings, Thresholds.Network start, SavedModel teacher, Recipe.Target target, double dither) {
        return distil(settings, start, teacher, target, List.of(1), dither);
    }

    /**
     * Trains all layers of a spiking network with an ANN as teacher.
     *
     * @param timeSteps ascending; several take turns
     */
    Weights calibrate(
            StageSettings settings, SavedModel snn, SavedModel teacher, Recipe.Target target, List<Integer> timeSteps) {
        return distil(settings, new Thresholds.Network(snn.graph(), snn.weights()), teacher, target, timeSteps, 0);
    }

    private Weights distil(
            StageSettings settings,
            Thresholds.Network start,
            SavedModel teacher,
            Recipe.Target target,
            List<Integer> timeSteps,
            double dither) {
        try (ParameterStore store = ParameterStore.create(backend, teacher.graph(), teacher.weights(), false);
                Executor executor = Executor.plan(
                        backend,
                        teacher.graph(),
                        store,
                        ExecutionOptions.inference(settings.batch(), 1).withRates())) {
            Objective objective =
                    new JointObjective(backend, executor, target.loss(), target.weighting(), target.kappa());
            return fit(settings, start, objective, timeSteps, dither);
        }
    }

    private Weights fit(
            StageSettings settings,
            Thresholds.Network start,
            Objective objective,
            List<Integer> timeSteps,
            double dither) {
        List<Executor> students = new ArrayList<>();
        int largest = timeSteps.get(timeSteps.size() - 1);
        Dataset validation = context.validation();
        try (ParameterStore store = ParameterStore.create(backend, start.graph(), start.weights(), true);
                Evaluator evaluator = new Evaluator(
                        backend,
                        start.graph(),
                        start.weights(),
                        Math.min(EVALUATION_BATCH, validation.size()),
                        largest,
                        false,
                        context.cancellation())) {
            for (int steps : timeSteps) {
                ExecutionOptions options =
                        ExecutionOptions.training(settings.batch(), steps).withDither(dither);
                students.add(Executor.plan(
                        backend,
                        start.graph(),
                        store,
                        objective.usesRateGradients() ? options.withRateGradients() : options));
            }
            context.listener().note(students.get(students.size() - 1).forecast().describe());
            TrainingLoop loop =
                    new TrainingLoop(backend, settings, context.listener(), context.cancellation(), context.metrics());
            return loop.run(
                    students,
                    objective,
                    context.training(),
                    Optional.of(new TrainingLoop.Validation(evaluator, validation)),
                    checkpoint(settings.stage()));
        } finally {
            students.forEach(Executor::close);
        }
    }
}
