package org.ambispike.cli;

import java.util.Collection;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values that a type alone does not make. */
final class Values {
    private Values() {}

    /** @throws ParameterException naming the option, if a value is below 1 */
    static <C extends Collection<Integer>> C positive(CommandSpec spec, String option, C values) {
        values.stream().filter(value -> value < 1).findFirst().ifPresent(value -> {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1, got " + value);
        });
        return values;
    }

    /** @throws ParameterException naming the option, if the value is below 1 */
    static Optional<Integer> positive(CommandSpec spec, String option, Optional<Integer> value) {
        positive(spec, option, value.stream().toList());
        return value;
    }
}
