package org.ambispike.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values that a type alone does not make. */
final class Values {
    private Values() {}

    /** @throws ParameterException naming the option, if the value is below 1 */
    static Optional<Integer> positive(CommandSpec spec, String option, Optional<Integer> value) {
        value.ifPresent(number -> requirePositive(spec, option, number));
        return value;
    }

    /**
     * Numbers of time steps, ascending and each once.
     *
     * @throws ParameterException if one is below 1
     */
    static List<Integer> timeSteps(CommandSpec spec, List<Integer> values) {
        values.forEach(number -> requirePositive(spec, "--T", number));
        return values.stream().sorted().distinct().toList();
    }

    private static void requirePositive(CommandSpec spec, String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1, got " + value);
        }
    }
}
