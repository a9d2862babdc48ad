package org.ambispike.paper;

import java.util.Map;
import java.util.Optional;
import org.ambispike.Calibration;
import org.ambispike.Quantisation;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.train.CalibrationLoss;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;
import org.ambispike.train.KappaSchedule;
import org.ambispike.train.LayerWeighting;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;

/** The stages of the two recipes of our own, for networks that differ in epochs, training and augmentation. */
abstract class StagedRecipes implements NetworkRecipes {
    static final int BATCH = 128;

    private static final double ALPHA = 0.1;

    /** Epochs of one profile. */
    record Epochs(int ann, int penalty, int clip, int quantise, int calibration) {}

    abstract Epochs epochs(Profile profile);

    /** Of the ANN. */
    abstract double dropout(Profile profile);

    /** Peak learning rate of weights and biases in calibration. */
    abstract double calibrationRate();

    /** Of the ambispike recipe's networks for several T. */
    abstract Recipe.Sequence sequence();

    /** How the ambispike recipe goes through the images in calibration. */
    abstract Fit calibrated(Fit fit, Profile profile);

    /** By which the ambispike recipe trains on with rounded activations. */
    abstract OptimizerSettings rounding();

    /** Of the ambispike recipe. */
    abstract NeuronVariant neuron();

    /** Of the ambispike recipe, from rounded activations on. */
    CalibrationLoss loss(Profile profile) {
        return new CalibrationLoss(Optional.of(RateLoss.MSE), 0.3, 3, 2, 0.5, 0);
    }

    /** Of rounded activations, in levels. */
    abstract double dither();

    /** Of all stages after the ANN. */
    abstract Augmentation augmentation();

    @Override
    public final Recipe recipe(String name, Profile profile) {
        Epochs epochs = epochs(profile);
        return switch (name) {
            case Recipes.PAPER -> paper(epochs, dropout(profile));
            case Recipes.AMBISPIKE -> ambispike(epochs, profile);
            default -> throw new IllegalArgumentException("no recipe '" + name + "'");
        };
    }

    /** Variance penalty, clipping, pair neuron and joint calibration, as the paper has them. */
    private Recipe paper(Epochs epochs, double dropout) {
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.KL), 1, 1, 1, 0, 0);
        return new Recipe(
                Recipes.PAPER,
                ALPHA,
                dropout,
                NeuronVariant.PAIR,
                ann(epochs.ann()),
                Optional.of(new Recipe.Penalty(
                        tuning(epochs.penalty(), fineTuning(2e-4, 0, 0)), new PenaltyGrouping(false, true), 0.1)),
                new Recipe.Clip(Optional.of(tuning(epochs.clip(), fineTuning(3e-4, 2e-2, 1e-3))), 0.999, false),
                Optional.empty(),
                calibration(epochs, new CalibrationTarget(loss, LayerWeighting.COSINE, KappaSchedule.PAPER), false));
    }

    /** The signed quantised activation before conversion, and distillation with labels throughout. */
    private Recipe ambispike(Epochs epochs, Profile profile) {
        CalibrationTarget target = new CalibrationTarget(loss(profile), LayerWeighting.AVERAGE, KappaSchedule.PAPER);
        Recipe.Calibration calibration = calibration(epochs, target, true).with(sequence());
        return new Recipe(
                Recipes.AMBISPIKE,
                ALPHA,
                dropout(profile),
                neuron(),
                ann(epochs.ann()),
                Optional.empty(),
                new Recipe.Clip(Optional.empty(), 0.999, false),
                Optional.of(new Quantisation(tuning(epochs.quantise(), rounding()), 4, target, dither())),
                calibration.with(calibrated(calibration.fit(), profile)));
    }

    /**
     * @param weights learning rate of weights and biases
     * @param thresholds relative to their size
     * @param l2 of thresholds
     */
    static OptimizerSettings fineTuning(double weights, double thresholds, double l2) {
        return OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(weights, 0),
                ParameterRole.BIASES, RoleSettings.plain(weights, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(thresholds, l2)));
    }

    private Fit tuning(int epochs, OptimizerSettings optimizer) {
        return new Fit(epochs, 0, BATCH, optimizer, Schedule.COSINE, 0.99, augmentation());
    }

    /** A calibration epoch is 200 steps, so that the longest T stays within minutes. */
    private Recipe.Calibration calibration(Epochs epochs, CalibrationTarget target, boolean floatTeacher) {
        OptimizerSettings optimizer = Calibration.optimizer(calibrationRate());
        return new Recipe.Calibration(
                new Fit(epochs.calibration(), 200, BATCH, optimizer, Schedule.COSINE, 0.99, augmentation()),
                target,
                floatTeacher);
    }
}
