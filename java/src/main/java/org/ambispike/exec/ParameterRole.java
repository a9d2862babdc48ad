package org.ambispike.exec;

import java.util.Locale;

/** What a parameter is to training: roles have learning rates of their own and can be frozen. */
public enum ParameterRole {
    WEIGHTS,
    BIASES,
    THRESHOLDS,
    POTENTIALS;

    /**
     * The role of a parameter by the last part of its name.
     *
     * @throws IllegalArgumentException if the name ends in none of the known parameters
     */
    public static ParameterRole of(String parameter) {
        return switch (parameter.substring(parameter.lastIndexOf('.') + 1)) {
            case "weight" -> WEIGHTS;
            case "bias" -> BIASES;
            case "thetaPositive", "thetaNegative" -> THRESHOLDS;
            case "startPositive", "startNegative" -> POTENTIALS;
            default -> throw new IllegalArgumentException("parameter '" + parameter + "' has no known role");
        };
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
