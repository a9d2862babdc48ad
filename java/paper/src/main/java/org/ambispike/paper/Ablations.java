package org.ambispike.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.RateLoss;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.run.StepCurve;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;
import org.ambispike.train.LayerWeighting;

/**
 * Runs that differ from a recipe in one setting (the paper's Table 5 and what else one would ask). The recipe's own
 * setting is not run again: its row is what the run measured.
 */
final class Ablations {
    /**
     * What a finished run has that the comparisons start from.
     *
     * @param ann as first trained
     * @param optimized the ANN that was converted
     * @param snn converted, not calibrated
     * @param teacher of the calibration
     * @param measured the run's own accuracies
     */
    record Start(AnnModel ann, AnnModel optimized, SpikingModel snn, AnnModel teacher, List<TimeStepResult> measured) {}

    private static final List<Integer> TOGETHER = List.of(1, 2, 4, 8);

    private final RunContext context;
    private final String network;
    private final Recipe recipe;
    private final List<Integer> reported;
    private final Measurements measurements;
    private final StageFiles files;
    private final Start start;

    /** @param files where the compared models are kept, so that a resumed run need not make them again */
    Ablations(RunContext context, Plan plan, Measurements measurements, StageFiles files, Start start) {
        this.context = withoutCheckpoints(context);
        this.network = plan.network().name();
        this.recipe = plan.recipe();
        this.reported = plan.scope().reported();
        this.measurements = measurements;
        this.files = files;
        this.start = start;
    }

    /** The stages have the names of the run's own, so neither checkpoints nor metrics may mix with those. */
    private static RunContext withoutCheckpoints(RunContext context) {
        return new RunContext(context.training().withoutCheckpoints().withMetrics(row -> {}), context.test());
    }

    List<Ablation> run() {
        return List.of(neurons(), thresholds(), penalty(), weighting(), losses(), together());
    }

    private Ablation neurons() {
        List<Ablation.Row> rows = new ArrayList<>();
        for (NeuronVariant variant : List.of(
                NeuronVariant.PAIR,
                NeuronVariant.MEMORY,
                NeuronVariant.SINGLE,
                NeuronVariant.IBT,
                NeuronVariant.SYMMETRIC)) {
            rows.add(
                    variant == recipe.neuron()
                            ? own(variant.label(), 0)
                            : uncalibrated(variant.label(), stages(recipe).convert(start.optimized(), variant)));
        }
        return new Ablation("Neuron, not calibrated", rows);
    }

    private Ablation thresholds() {
        AnnModel largest = stages(recipe).withThresholds(start.ann(), 1);
        return new Ablation(
                "Thresholds, not calibrated",
                List.of(
                        own("optimised", 0),
                        uncalibrated("largest activation", stages(recipe).convert(largest, recipe.neuron()))));
    }

    /** The penalty, then clipping as in the recipe; against clipping alone. */
    private Ablation penalty() {
        Recipe.Penalty penalty =
                recipe.penalty().orElseGet(() -> new Recipe.Penalty(clipping(), new PenaltyGrouping(false, true), 0.1));
        return new Ablation(
                "Variance penalty, then clipping, not calibrated",
                List.of(
                        penalty("with penalty", recipe.withPenalty(Optional.of(penalty))),
                        penalty("without penalty", recipe.withPenalty(Optional.empty()))));
    }

    private Ablation.Row penalty(String setting, Recipe changed) {
        if (changed.equals(recipe) && recipe.quantise().isEmpty()) {
            return own(setting, 0);
        }
        Stages stages = stages(changed);
        AnnModel clipped = files.ann(stage(setting), file(setting), () -> stages.clip(stages.penalise(start.ann())));
        return uncalibrated(setting, stages.convert(clipped, recipe.neuron()));
    }

    /** Training of the thresholds as the recipe has it, or as the paper's does. */
    private Fit clipping() {
        return recipe.clip()
                .fit()
                .or(() -> Recipes.plan(network, Recipes.PAPER, Recipes.firstProfile(network))
                        .recipe()
                        .clip()
                        .fit())
                .orElseThrow();
    }

    private Ablation weighting() {
        List<Ablation.Row> rows = new ArrayList<>();
        CalibrationTarget target = recipe.calibration().target();
        for (LayerWeighting weighting : LayerWeighting.values()) {
            rows.add(calibrated(weighting.label(), target.with(weighting)));
        }
        return new Ablation("Layer weighting, calibrated for T = " + Reproduction.LAYERS_AT, rows);
    }

    private Ablation losses() {
        List<Ablation.Row> rows = new ArrayList<>();
        CalibrationTarget target = recipe.calibration().target();
        for (Optional<RateLoss> kind :
                List.of(Optional.of(RateLoss.MSE), Optional.of(RateLoss.KL), Optional.<RateLoss>empty())) {
            String setting =
                    kind.map(loss -> loss.name().toLowerCase(Locale.ROOT)).orElse("logits only");
            rows.add(calibrated(setting, target.with(target.loss().withRates(kind))));
        }
        return new Ablation("Layer loss, calibrated for T = " + Reproduction.LAYERS_AT, rows);
    }

    private Ablation together() {
        String setting = "taking turns";
        SpikingModel snn = files.spiking(
                stage(setting), file(setting), () -> stages(recipe).calibrate(start.snn(), start.teacher(), TOGETHER));
        return new Ablation(
                "One network for T = 1, 2, 4 and 8 together",
                List.of(measured(setting, snn, Measurements.largest(TOGETHER))));
    }

    private Ablation.Row calibrated(String setting, CalibrationTarget target) {
        int steps = Reproduction.LAYERS_AT;
        Recipe changed = recipe.with(recipe.calibration().with(target));
        if (changed.equals(recipe)) {
            return own(setting, steps);
        }
        SpikingModel snn = files.spiking(stage(setting), file(setting), () -> stages(changed)
                .calibrate(start.snn(), start.teacher(), List.of(steps)));
        return measured(setting, snn, steps);
    }

    private Ablation.Row uncalibrated(String setting, SpikingModel snn) {
        return measured(setting, snn, 0);
    }

    private Ablation.Row measured(String setting, SpikingModel snn, int calibratedFor) {
        List<Integer> reported = reported(calibratedFor);
        StepCurve curve = measurements.curve(snn, Measurements.largest(reported));
        return new Ablation.Row(setting, measurements.rows(snn, curve, reported, calibratedFor));
    }

    /** A calibrated network is followed to twice the T it was calibrated for. */
    private List<Integer> reported(int calibratedFor) {
        return reported.stream()
                .filter(steps -> calibratedFor == 0 || steps <= 2 * calibratedFor)
                .toList();
    }

    /** What the run itself measured with the recipe's own setting. */
    private Ablation.Row own(String setting, int calibratedFor) {
        return new Ablation.Row(
                setting,
                start.measured().stream()
                        .filter(result -> result.calibratedFor() == calibratedFor)
                        .filter(result -> reported(calibratedFor).contains(result.timeSteps()))
                        .toList());
    }

    private static String stage(String setting) {
        return "ablation " + setting;
    }

    private static String file(String setting) {
        return "ablations/" + setting.replace(' ', '-') + ".safetensors";
    }

    private Stages stages(Recipe changed) {
        return new Stages(context.training(), changed);
    }
}
