package org.ambispike.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.backend.RateLoss;
import org.ambispike.calibrate.LayerWeighting;
import org.ambispike.evaluate.StepCurve;
import org.ambispike.io.SavedModel;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.result.Ablation;
import org.ambispike.result.TimeStepResult;

/** Runs that differ from a recipe in one setting (the paper's Table 5 and what else one would ask). */
final class Ablations {
    /**
     * The models of a finished run that the comparisons start from.
     *
     * @param ann as first trained
     * @param optimized the ANN that was converted
     * @param snn converted, not calibrated
     * @param teacher of the calibration
     */
    record Start(SavedModel ann, SavedModel optimized, SavedModel snn, SavedModel teacher) {}

    private static final List<Integer> TOGETHER = List.of(1, 2, 4, 8);

    private final RunContext context;
    private final Recipe recipe;
    private final Measurements measurements;

    Ablations(RunContext context, Recipe recipe, Measurements measurements) {
        this.context = withoutCheckpoints(context);
        this.recipe = recipe;
        this.measurements = measurements;
    }

    /** Comparisons are short and leave nothing behind. */
    private static RunContext withoutCheckpoints(RunContext context) {
        return new RunContext(
                context.backend(),
                context.training(),
                context.validation(),
                context.test(),
                context.seed(),
                context.commit(),
                context.listener(),
                context.cancellation(),
                row -> {},
                Optional.empty(),
                false);
    }

    List<Ablation> run(Start start) {
        return List.of(
                neurons(start), thresholds(start), penalty(start), weighting(start), losses(start), together(start));
    }

    private Ablation neurons(Start start) {
        List<Ablation.Row> rows = new ArrayList<>();
        for (NeuronVariant variant :
                List.of(NeuronVariant.PAIR, NeuronVariant.SINGLE, NeuronVariant.IBT, NeuronVariant.SYMMETRIC)) {
            rows.add(uncalibrated(variant.label(), stages(recipe).convert(start.optimized(), variant)));
        }
        return new Ablation("Neuron, not calibrated", rows);
    }

    private Ablation thresholds(Start start) {
        return new Ablation(
                "Thresholds, not calibrated",
                List.of(
                        uncalibrated("optimised", start.snn()),
                        uncalibrated(
                                "largest activation",
                                stages(recipe)
                                        .convert(stages(recipe).withThresholds(start.ann(), 1), recipe.neuron()))));
    }

    /** The penalty, then clipping as in the recipe; against clipping alone. */
    private Ablation penalty(Start start) {
        List<Ablation.Row> rows = new ArrayList<>();
        Recipe.Penalty penalty =
                recipe.penalty().orElseGet(() -> new Recipe.Penalty(clipping(), new PenaltyGrouping(false, true), 0.1));
        for (boolean with : new boolean[] {true, false}) {
            Stages changed = stages(recipe.withPenalty(with ? Optional.of(penalty) : Optional.empty()));
            SavedModel snn = changed.convert(changed.clip(changed.penalise(start.ann())), recipe.neuron());
            rows.add(uncalibrated(with ? "with penalty" : "without penalty", snn));
        }
        return new Ablation("Variance penalty, then clipping, not calibrated", rows);
    }

    /** Training of the thresholds as the recipe has it, or as the paper's does. */
    private Recipe.Fit clipping() {
        return recipe.clip()
                .fit()
                .or(() -> Recipes.of(Recipes.PAPER, Profile.QUICK).clip().fit())
                .orElseThrow();
    }

    private Ablation weighting(Start start) {
        List<Ablation.Row> rows = new ArrayList<>();
        Recipe.Calibration calibration = recipe.calibration();
        for (LayerWeighting weighting : LayerWeighting.values()) {
            Stages changed =
                    stages(recipe.with(calibration.with(calibration.target().with(weighting))));
            rows.add(calibrated(weighting.label(), changed, start, List.of(Reproduction.LAYERS_AT)));
        }
        return new Ablation("Layer weighting, calibrated for T = " + Reproduction.LAYERS_AT, rows);
    }

    private Ablation losses(Start start) {
        List<Ablation.Row> rows = new ArrayList<>();
        Recipe.Calibration calibration = recipe.calibration();
        Recipe.Target target = calibration.target();
        List<Optional<RateLoss>> kinds = List.of(Optional.of(RateLoss.MSE), Optional.of(RateLoss.KL), Optional.empty());
        for (Optional<RateLoss> kind : kinds) {
            Stages changed = stages(
                    recipe.with(calibration.with(target.with(target.loss().withRates(kind)))));
            String setting =
                    kind.map(loss -> loss.name().toLowerCase(Locale.ROOT)).orElse("logits only");
            rows.add(calibrated(setting, changed, start, List.of(Reproduction.LAYERS_AT)));
        }
        return new Ablation("Layer loss, calibrated for T = " + Reproduction.LAYERS_AT, rows);
    }

    private Ablation together(Start start) {
        return new Ablation(
                "One network for T = 1, 2, 4 and 8 together",
                List.of(calibrated("taking turns", stages(recipe), start, TOGETHER)));
    }

    private Ablation.Row calibrated(String setting, Stages changed, Start start, List<Integer> timeSteps) {
        SavedModel snn = changed.calibrate(start.snn(), start.teacher(), timeSteps);
        return row(setting, snn, Measurements.largest(timeSteps));
    }

    private Ablation.Row uncalibrated(String setting, SavedModel snn) {
        return row(setting, snn, 0);
    }

    private Ablation.Row row(String setting, SavedModel snn, int calibratedFor) {
        StepCurve curve = measurements.curve(snn, Measurements.largest(Reproduction.REPORTED));
        List<TimeStepResult> results = measurements.rows(snn, curve, Reproduction.REPORTED, calibratedFor);
        return new Ablation.Row(setting, results);
    }

    private Stages stages(Recipe changed) {
        return new Stages(context, changed);
    }
}
