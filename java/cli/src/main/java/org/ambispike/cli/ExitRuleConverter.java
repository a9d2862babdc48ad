package org.ambispike.cli;

import org.ambispike.ExitRule;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an exit rule such as {@code margin=0.5@2}. */
final class ExitRuleConverter implements ITypeConverter<ExitRule> {
    @Override
    public ExitRule convert(String value) {
        try {
            return ExitRule.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
