package org.ambispike.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.backend.RateLoss;
import org.ambispike.calibrate.CalibrationLoss;
import org.ambispike.calibrate.KappaSchedule;
import org.ambispike.calibrate.LayerWeighting;
import org.ambispike.data.Augmentation;
import org.ambispike.exec.ParameterRole;
import org.ambispike.model.Architecture;
import org.ambispike.model.Net4;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;

/** The recipes for Net4 on Fashion-MNIST. Choices were made on a validation split of the training images. */
final class Net4Recipes implements NetworkRecipes {
    private static final double ALPHA = 0.1;
    private static final double DROPOUT = 0.3;
    private static final int BATCH = 128;
    private static final Augmentation SHIFT_AND_FLIP = Augmentation.shiftAndFlip(2, true);

    /** Epochs of one profile. */
    private record Epochs(int ann, int penalty, int clip, int quantise, int calibration) {
        static Epochs of(Profile profile) {
            return profile == Profile.QUICK ? new Epochs(10, 1, 1, 1, 1) : new Epochs(40, 3, 3, 4, 5);
        }
    }

    @Override
    public List<Profile> profiles() {
        return List.of(Profile.QUICK, Profile.FULL);
    }

    @Override
    public Architecture network(Profile profile) {
        return new Net4();
    }

    @Override
    public Recipe recipe(String name, Profile profile) {
        Epochs epochs = Epochs.of(profile);
        return switch (name) {
            case Recipes.PAPER -> paper(epochs);
            case Recipes.AMBISPIKE -> ambispike(epochs);
            default -> throw new IllegalArgumentException("no recipe '" + name + "'");
        };
    }

    /** Variance penalty, clipping, pair neuron and joint calibration, as the paper has them. */
    private Recipe paper(Epochs epochs) {
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.KL), 1, 1, 1, 0, 0);
        return new Recipe(
                Recipes.PAPER,
                ALPHA,
                DROPOUT,
                NeuronVariant.PAIR,
                ann(epochs.ann()),
                Optional.of(new Recipe.Penalty(
                        fineTuning(epochs.penalty(), 2e-4, 0, 0), new PenaltyGrouping(false, true), 0.1)),
                new Recipe.Clip(Optional.of(fineTuning(epochs.clip(), 3e-4, 2e-2, 1e-3)), 0.999, false),
                Optional.empty(),
                calibration(epochs, new Recipe.Target(loss, LayerWeighting.COSINE, KappaSchedule.PAPER), false));
    }

    /** The signed quantised activation before conversion, and distillation with labels throughout. */
    private Recipe ambispike(Epochs epochs) {
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.MSE), 0.3, 3, 2, 0.5, 0);
        Recipe.Target target = new Recipe.Target(loss, LayerWeighting.AVERAGE, KappaSchedule.PAPER);
        return new Recipe(
                Recipes.AMBISPIKE,
                ALPHA,
                DROPOUT,
                NeuronVariant.PAIR,
                ann(epochs.ann()),
                Optional.empty(),
                new Recipe.Clip(Optional.empty(), 0.999, false),
                Optional.of(new Recipe.Quantise(fineTuning(epochs.quantise(), 5e-4, 1e-2, 0), 4, target)),
                calibration(epochs, target, true));
    }

    /** Fewer epochs take a higher peak rate: what they lack in steps they gain in length of steps. */
    @Override
    public Recipe.Ann ann(int epochs) {
        double rate = 2e-3 * Math.max(1, Math.min(2, Math.sqrt(40.0 / epochs)));
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(rate, 2e-2),
                ParameterRole.BIASES, RoleSettings.plain(rate, 0)));
        return new Recipe.Ann(
                new Recipe.Fit(epochs, 0, BATCH, optimizer, Schedule.ONE_CYCLE, 0.999, SHIFT_AND_FLIP), 0.05);
    }

    private static Recipe.Fit fineTuning(int epochs, double weights, double thresholds, double l2) {
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(weights, 0),
                ParameterRole.BIASES, RoleSettings.plain(weights, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(thresholds, l2)));
        return new Recipe.Fit(epochs, 0, BATCH, optimizer, Schedule.COSINE, 0.99, SHIFT_AND_FLIP);
    }

    /** A calibration epoch is 200 steps, so that the longest T stays within minutes. */
    private static Recipe.Calibration calibration(Epochs epochs, Recipe.Target target, boolean floatTeacher) {
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(1e-3, 0),
                ParameterRole.BIASES, RoleSettings.plain(1e-3, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(1e-2, 0),
                ParameterRole.POTENTIALS, RoleSettings.plain(3e-3, 0)));
        return new Recipe.Calibration(
                new Recipe.Fit(epochs.calibration(), 200, BATCH, optimizer, Schedule.COSINE, 0.99, SHIFT_AND_FLIP),
                target,
                floatTeacher);
    }
}
