package org.ambispike.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.RateLoss;
import org.ambispike.graph.ParameterRole;
import org.ambispike.paper.Recipe;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;
import org.ambispike.train.KappaSchedule;
import org.ambispike.train.LayerWeighting;
import org.ambispike.train.OptimizerSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a spiking network is calibrated; what is not given is as the recipe has it. */
final class CalibrationOptions {
    /** How rates are compared. */
    enum Loss {
        MSE(Optional.of(RateLoss.MSE)),
        KL(Optional.of(RateLoss.KL)),
        LOGITS(Optional.empty());

        private final Optional<RateLoss> rates;

        Loss(Optional<RateLoss> rates) {
            this.rates = rates;
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--weighting",
            paramLabel = "cosine|sigmoid|average",
            description = "Weights of the layers' losses (eq. 25-30). Default: the recipe's.")
    private Optional<LayerWeighting> weighting;

    @Option(
            names = "--loss",
            paramLabel = "mse|kl|logits",
            description = "Between firing rates and the ANN's activations; logits leaves them out. "
                    + "Default: the recipe's.")
    private Optional<Loss> loss;

    @Option(
            names = "--kappa",
            paramLabel = "K[,K...]",
            split = ",",
            hideParamSyntax = true,
            description = "Steepness of the surrogate (eq. 32), each for an equal share. Default: the recipe's.")
    private List<Double> kappa = List.of();

    @Option(
            names = "--calibrate",
            paramLabel = "PART[,PART...]",
            split = ",",
            hideParamSyntax = true,
            description = "What is trained: weights, biases, thresholds, potentials. Default: all of them.")
    private Set<ParameterRole> parts = EnumSet.allOf(ParameterRole.class);

    @Option(
            names = "--calibration-epochs",
            paramLabel = "N",
            description = "Passes over the training images. Default: the profile's.")
    private Optional<Integer> epochs;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description =
                    "Largest learning rate of weights; those of other parts in proportion. A network that was trained"
                            + " elsewhere may need 1e-4. Default: the recipe's, 1e-3.")
    private Optional<Double> rate;

    @Option(
            names = "--step-gains",
            paramLabel = "S",
            description =
                    "Of memory neurons: spikes of each step have a gain of their own, which falls from 1 + S to 1 - S"
                            + " before training, and drives a bias; for T from 2 to 8. Default: the recipe's, without.")
    private Optional<Double> stepGains;

    /** @throws ParameterException if a number is out of range */
    Recipe applyTo(Recipe recipe) {
        Fit fit = recipe.calibration().fit();
        CalibrationTarget target = recipe.calibration().target();
        fit = fit.with(scaled(fit.optimizer()).only(parts));
        if (weighting.isPresent()) {
            target = target.with(weighting.get());
        }
        if (loss.isPresent()) {
            target = target.with(target.loss().withRates(loss.get().rates));
        }
        if (!kappa.isEmpty()) {
            target = target.with(Values.read(spec, "--kappa", () -> new KappaSchedule(kappa)));
        }
        Optional<Integer> passes = Values.positive(spec, "--calibration-epochs", epochs);
        fit = passes.isPresent() ? fit.withEpochs(passes.get()) : fit;
        stepGains.ifPresent(given -> Values.require(
                spec, given >= 0 && given < 1, "--step-gains must be at least 0 and below 1, got " + given));
        Recipe.Calibration calibration = recipe.calibration();
        return recipe.with(calibration.with(fit).with(target).withStepGains(stepGains.or(calibration::stepGains)));
    }

    private OptimizerSettings scaled(OptimizerSettings optimizer) {
        rate.ifPresent(given ->
                Values.require(spec, given > 0 && given <= 1, "--rate must be above 0 and at most 1, got " + given));
        return rate.map(largest -> optimizer.scaled(largest / optimizer.learningRate()))
                .orElse(optimizer);
    }
}
