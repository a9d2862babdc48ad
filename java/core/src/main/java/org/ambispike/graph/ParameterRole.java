package org.ambispike.graph;

import java.util.Locale;
import java.util.Optional;

/** What a parameter is to training: roles have learning rates of their own and can be frozen. */
public enum ParameterRole {
    WEIGHTS,
    /** And the factors and terms of normalisations, and the biases that neurons have by step. */
    BIASES,
    /** And their gains by step. */
    THRESHOLDS,
    POTENTIALS;

    /**
     * The role of a parameter by the last part of its name; none where it is a statistic, which training measures.
     *
     * @throws IllegalArgumentException if the name ends in none of the known parameters
     */
    public static Optional<ParameterRole> of(String parameter) {
        return switch (parameter.substring(parameter.lastIndexOf('.') + 1)) {
            case "weight" -> Optional.of(WEIGHTS);
            case "bias", "gamma", "beta", "stepBias" -> Optional.of(BIASES);
            case "thetaPositive", "thetaNegative", "gains" -> Optional.of(THRESHOLDS);
            case "startPositive", "startNegative" -> Optional.of(POTENTIALS);
            case "mean", "variance" -> Optional.empty();
            default -> throw new IllegalArgumentException("parameter '" + parameter + "' has no known role");
        };
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
