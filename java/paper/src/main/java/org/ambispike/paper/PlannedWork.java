package org.ambispike.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.ambispike.data.Published;
import org.ambispike.graph.Graph;
import org.ambispike.paper.WorkEstimate.Stage;
import org.ambispike.run.SynapticOperations;
import org.ambispike.train.Fit;
import org.ambispike.train.TrainingImages;

/**
 * How much a plan computes, before it runs: images and floating-point operations of each stage. A multiply-accumulate is
 * two operations; a training step costs three times its forward pass, and one more pass of the teacher where there is
 * one. Layers that see only the image are computed once for all T. What has no weights is not counted, nor are the few
 * thousand images that thresholds, rates and speed are measured on.
 */
public final class PlannedWork {
    private static final int FORWARD = 2;
    private static final int TRAINING = 3 * FORWARD;

    private PlannedWork() {}

    /** Estimates a whole reproduction on the data set that the network's recipes are for. */
    public static WorkEstimate of(Plan plan) {
        Recipe recipe = plan.recipe();
        Graph graph = plan.network().graph(recipe.alpha(), recipe.dropout());
        Scope scope = plan.scope();
        Published published = Recipes.images(plan.network().name());
        long training = least(published.trainingImages() - TrainingImages.VALIDATION_IMAGES, scope.trainingImages());
        long test = least(published.testImages(), scope.testImages());
        ToLongFunction<Integer> forward = steps -> SynapticOperations.multiplyAccumulates(graph, steps);
        long once = forward.applyAsLong(1);
        List<Stage> stages = new ArrayList<>();
        stages.add(stage("train", images(recipe.ann().fit(), training), 1, TRAINING * once));
        recipe.penalty()
                .ifPresent(
                        penalty -> stages.add(stage("penalty", images(penalty.fit(), training), 1, TRAINING * once)));
        recipe.clip().fit().ifPresent(fit -> stages.add(stage("clip", images(fit, training), 1, TRAINING * once)));
        recipe.quantise()
                .ifPresent(quantise -> stages.add(
                        stage("quantise", images(quantise.fit(), training), 1, (TRAINING + FORWARD) * once)));
        List<Integer> followed = new ArrayList<>(List.of(0));
        if (recipe.calibration().method() != Recipe.Method.NONE) {
            for (int steps : Reproduction.CALIBRATED) {
                long perImage = TRAINING * forward.applyAsLong(steps) + FORWARD * once;
                stages.add(stage(
                        ModelNames.calibrationStage(List.of(steps)),
                        images(recipe.calibration().fitFor(steps), training),
                        steps,
                        perImage));
                followed.add(steps);
            }
        }
        long perImage = followed.stream()
                .mapToLong(steps -> FORWARD * forward.applyAsLong(Measurements.largest(scope.reported(steps))))
                .sum();
        stages.add(new Stage(
                "evaluate", followed.size() * test, Measurements.largest(scope.reported()), (double) test * perImage));
        return new WorkEstimate(stages);
    }

    private static long least(int all, Optional<Integer> most) {
        return most.map(images -> Math.min(images, all)).orElse(all);
    }

    private static Stage stage(String name, long images, int timeSteps, long perImage) {
        return new Stage(name, images, timeSteps, (double) images * perImage);
    }

    private static long images(Fit fit, long training) {
        long epoch = fit.stepsPerEpoch() > 0 ? Math.min((long) fit.stepsPerEpoch() * fit.batch(), training) : training;
        return fit.epochs() * epoch;
    }
}
