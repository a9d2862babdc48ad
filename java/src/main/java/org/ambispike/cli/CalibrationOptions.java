package org.ambispike.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** How a spiking network is calibrated; what is not given is as the recipe has it. */
final class CalibrationOptions {
    @Option(
            names = "--T",
            paramLabel = "N[,N...]",
            split = ",",
            description = "Numbers of time steps to calibrate for, a network each. Default: 1,2,4,8.")
    private List<Integer> timeSteps = List.of();

    @Option(
            names = "--weighting",
            paramLabel = "cosine|sigmoid|average",
            description = "Of the layers' losses (eq. 25-30). Default: the recipe's.")
    private Optional<LayerWeighting> weighting;

    @Option(
            names = "--loss",
            paramLabel = "mse|kl|logits",
            description = "Between firing rates and the ANN's activations; logits compares those alone. "
                    + "Default: the recipe's.")
    private Optional<LossName> loss;

    @Option(
            names = "--kappa",
            paramLabel = "K[,K...]",
            split = ",",
            description = "Steepness of the surrogate (eq. 32), each for an equal share. Default: 6.7,10,15.")
    private List<Double> kappa = List.of();

    @Option(
            names = "--calibrate",
            paramLabel = "PART[,PART...]",
            split = ",",
            description = "What is trained: weights, biases, thresholds, potentials. Default: all of them.")
    private Set<Part> parts = Set.of();
}
