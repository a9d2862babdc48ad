package org.ambispike.cli;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.graph.Normalisation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values that a type alone does not make. */
final class Values {
    private static final float LARGEST_OF_NORMALISATION = 2;

    private Values() {}

    /** @throws ParameterException naming the option, if the value is below 1 */
    static Optional<Integer> positive(CommandSpec spec, String option, Optional<Integer> value) {
        return upTo(spec, option, Integer.MAX_VALUE, value);
    }

    /** @throws ParameterException naming the option, if the value is below 1 or above the most */
    static Optional<Integer> upTo(CommandSpec spec, String option, int most, Optional<Integer> value) {
        value.ifPresent(number -> requireUpTo(spec, option, most, number));
        return value;
    }

    /**
     * Numbers of time steps, ascending and each once.
     *
     * @throws ParameterException if one is below 1 or above what the kernels take
     */
    static List<Integer> timeSteps(CommandSpec spec, String option, List<Integer> values) {
        values.forEach(number -> requireUpTo(spec, option, ExecutionOptions.MOST_TIME_STEPS, number));
        return values.stream().sorted().distinct().toList();
    }

    /**
     * Mean and deviation, each one number or one for each channel.
     *
     * @throws ParameterException if it is written otherwise, or does not fit to the channels
     */
    static Normalisation normalisation(CommandSpec spec, String option, String value, int channels) {
        String[] parts = value.split("/", -1);
        require(spec, parts.length == 2, option + " must be written as MEAN/DEVIATION, got '" + value + "'");
        return read(
                spec,
                option,
                () -> checked(new Normalisation(byChannel(parts[0], channels), byChannel(parts[1], channels))));
    }

    /** Returns what a reader makes of an option; its IllegalArgumentException becomes a ParameterException that names the option. */
    static <T> T read(CommandSpec spec, String option, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    /** @throws ParameterException with the message, unless what options were given is fine */
    static void require(CommandSpec spec, boolean fine, String message) {
        if (!fine) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** Refuses what can only be meant for pixels up to 255. */
    private static Normalisation checked(Normalisation normalisation) {
        boolean fits = normalisation.mean().stream().allMatch(mean -> Math.abs(mean) <= LARGEST_OF_NORMALISATION)
                && normalisation.deviation().stream().allMatch(deviation -> deviation <= LARGEST_OF_NORMALISATION);
        if (!fits) {
            throw new IllegalArgumentException("it is for pixels in [0, 1], got a mean of " + normalisation.mean()
                    + " and a deviation of " + normalisation.deviation() + "; divide both by 255");
        }
        return normalisation;
    }

    private static List<Float> byChannel(String numbers, int channels) {
        List<Float> values = Stream.of(numbers.split(",")).map(Float::valueOf).toList();
        if (!values.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException("'" + numbers + "' is not finite");
        }
        if (values.size() != 1 && values.size() != channels) {
            throw new IllegalArgumentException(values.size() + " values '" + numbers
                    + "', expected 1 or one for each of " + channels + " channels");
        }
        return values.size() == channels ? values : Collections.nCopies(channels, values.get(0));
    }

    private static void requireUpTo(CommandSpec spec, String option, int most, int value) {
        String atMost = most < Integer.MAX_VALUE ? ", at most " + most : "";
        require(spec, value >= 1 && value <= most, option + " must be at least 1" + atMost + "; got " + value);
    }
}
