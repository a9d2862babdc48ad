package org.ambispike.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads an enum constant by its name in lower case.
 *
 * @param <E> the enum
 */
record Choice<E extends Enum<?>>(Class<E> type) implements ITypeConverter<E> {
    static <E extends Enum<?>> void register(CommandLine commandLine, Class<E> type) {
        commandLine.registerConverter(type, new Choice<>(type));
    }

    @Override
    public E convert(String value) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> label(constant).equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Choice::label)
                                .collect(Collectors.joining(", "))));
    }

    /** The name as typed. */
    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
