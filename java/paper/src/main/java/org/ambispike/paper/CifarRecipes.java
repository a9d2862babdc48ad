package org.ambispike.paper;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Published;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.train.CalibrationLoss;
import org.ambispike.train.Fit;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;

/**
 * The recipes for deep networks with batch normalisation on CIFAR-10. The ANN is trained with a one-cycle rate, by Muon
 * where epochs are few, else by SGD with Nesterov's momentum; decay is of weights alone.
 */
final class CifarRecipes extends StagedRecipes {
    private static final int SMOKE_WIDTH = 8;
    /** From so many epochs on an ANN is trained by SGD, and teaches more than the labels. */
    private static final int LONG = 50;

    /**
     * What a network has in the profile that takes an hour on a CPU.
     *
     * @param width channels of its first layer
     * @param rounding epochs of rounded activations
     * @param steps of an epoch of calibration
     */
    record Small(int width, int rounding, int steps) {}

    private final IntFunction<Architecture> ofWidth;
    private final Small small;
    private final int fullWidth;
    private final double fullDropout;

    /** @param fullDropout dropout at full width; narrow networks do without */
    CifarRecipes(IntFunction<Architecture> ofWidth, Small small, int fullWidth, double fullDropout) {
        this.ofWidth = ofWidth;
        this.small = small;
        this.fullWidth = fullWidth;
        this.fullDropout = fullDropout;
    }

    @Override
    public Published images() {
        return Published.CIFAR_10;
    }

    @Override
    public List<Profile> profiles() {
        return List.of(Profile.SMOKE, Profile.SMALL, Profile.FULL);
    }

    @Override
    public Architecture network(Profile profile) {
        return ofWidth.apply(
                switch (profile) {
                    case SMOKE, QUICK -> SMOKE_WIDTH;
                    case SMALL -> small.width();
                    case FULL -> fullWidth;
                });
    }

    @Override
    public Scope scope(Profile profile) {
        return switch (profile) {
            case SMOKE, QUICK -> new Scope(8_000, 1_000, List.of(1, 2, 4, 8), false);
            case SMALL -> Scope.all(List.of(1, 2, 4, 8), false);
            case FULL -> Scope.all(Reproduction.REPORTED, true);
        };
    }

    @Override
    Epochs epochs(Profile profile) {
        return switch (profile) {
            case SMOKE, QUICK -> new Epochs(8, 1, 1, 2, 1);
            case SMALL -> new Epochs(8, 1, 1, small.rounding(), 1);
            case FULL -> new Epochs(100, 5, 5, 10, 5);
        };
    }

    @Override
    double dropout(Profile profile) {
        return profile == Profile.FULL ? fullDropout : 0;
    }

    @Override
    double calibrationRate() {
        return 5e-4;
    }

    /** Deep networks have few steps for what they have to learn: Muon makes more of each. */
    @Override
    Fit calibrated(Fit fit, Profile profile) {
        Fit fast = fit.with(fit.optimizer().with(OptimizerSettings.Method.MUON)).withAverageDecay(0.9);
        return profile == Profile.SMALL ? fast.withStepsPerEpoch(small.steps()) : fast;
    }

    /** Nearly as fast as the ANN: batch normalisation, which is trained on, bears it. */
    @Override
    OptimizerSettings rounding() {
        return fineTuning(1e-2, 1e-2, 0).with(OptimizerSettings.Method.MUON);
    }

    /** The drive of deep layers fluctuates, and spikes that came too early are taken back. */
    @Override
    NeuronVariant neuron() {
        return NeuronVariant.MEMORY;
    }

    /** An ANN of few epochs has less to teach than the labels have. */
    @Override
    CalibrationLoss loss(Profile profile) {
        return epochs(profile).ann() >= LONG
                ? super.loss(profile)
                : new CalibrationLoss(Optional.of(RateLoss.MSE), 0.1, 0.5, 2, 1, 0);
    }

    @Override
    double dither() {
        return 0.25;
    }

    @Override
    Recipe.Sequence sequence() {
        return Recipe.Sequence.ASCENDING;
    }

    @Override
    Augmentation augmentation() {
        return Augmentation.shiftAndFlip(4, true);
    }

    /** Long training also has squares cut out. */
    @Override
    public Recipe.Ann ann(int epochs) {
        boolean isLong = epochs >= LONG;
        Augmentation changes = isLong ? augmentation().then(Augmentation.cutout(8)) : augmentation();
        Fit fit = new Fit(epochs, 0, BATCH, isLong ? sgd() : muon(), Schedule.ONE_CYCLE, 0.99, changes);
        return new Recipe.Ann(fit, 0.05);
    }

    /** Decay is decoupled: ten times what it is in a gradient that a momentum of 0.9 gathers. */
    private static OptimizerSettings sgd() {
        return ann(OptimizerSettings.Method.SGD, 0.1, 5e-3);
    }

    private static OptimizerSettings muon() {
        return ann(OptimizerSettings.Method.MUON, 0.02, 0.1);
    }

    private static OptimizerSettings ann(OptimizerSettings.Method method, double rate, double decay) {
        return OptimizerSettings.adamW(Map.of(
                        ParameterRole.WEIGHTS, RoleSettings.plain(rate, decay),
                        ParameterRole.BIASES, RoleSettings.plain(rate, 0)))
                .with(method)
                .withGradientNorm(0);
    }
}
