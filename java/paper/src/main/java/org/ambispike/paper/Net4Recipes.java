package org.ambispike.paper;

import java.util.List;
import java.util.Map;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Published;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.train.Fit;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;

/** The recipes for Net4 on Fashion-MNIST. Choices were made on a validation split of the training images. */
final class Net4Recipes extends StagedRecipes {
    /** Of a calibration in the quick profile: with more, those for T = 4 and 8 take longer than they gain. */
    private static final int QUICK_STEPS = 150;

    private static final Augmentation SHIFT_AND_FLIP = Augmentation.shiftAndFlip(2, true);

    @Override
    public Published images() {
        return Published.FASHION_MNIST;
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
    public Scope scope(Profile profile) {
        return Scope.all(Reproduction.REPORTED, profile == Profile.FULL);
    }

    @Override
    Epochs epochs(Profile profile) {
        return profile == Profile.QUICK ? new Epochs(10, 1, 1, 1, 1) : new Epochs(40, 3, 3, 4, 5);
    }

    @Override
    double dropout(Profile profile) {
        return 0.3;
    }

    @Override
    double calibrationRate() {
        return 1e-3;
    }

    @Override
    Fit calibrated(Fit fit, Profile profile) {
        return profile == Profile.QUICK ? fit.withStepsPerEpoch(QUICK_STEPS) : fit;
    }

    @Override
    OptimizerSettings rounding() {
        return fineTuning(5e-4, 1e-2, 0);
    }

    @Override
    NeuronVariant neuron() {
        return NeuronVariant.PAIR;
    }

    @Override
    double dither() {
        return 0;
    }

    @Override
    Recipe.Sequence sequence() {
        return Recipe.Sequence.APART;
    }

    @Override
    Augmentation augmentation() {
        return SHIFT_AND_FLIP;
    }

    /** Fewer epochs take a higher peak rate: what they lack in steps they gain in length of steps. */
    @Override
    public Recipe.Ann ann(int epochs) {
        double rate = 2e-3 * Math.max(1, Math.min(2, Math.sqrt(40.0 / epochs)));
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(rate, 2e-2),
                ParameterRole.BIASES, RoleSettings.plain(rate, 0)));
        return new Recipe.Ann(new Fit(epochs, 0, BATCH, optimizer, Schedule.ONE_CYCLE, 0.999, SHIFT_AND_FLIP), 0.05);
    }
}
