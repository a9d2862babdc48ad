package org.ambispike.device;

import java.util.Locale;
import java.util.Optional;

/**
 * What a self-check found of one item.
 *
 * @param item as printed, for example {@code convolution, forward}
 * @param difference largest distance of the results from what they should be, as a fraction of the largest value of such a
 *     result; of the result that comes nearest to its bound or goes furthest beyond it, infinite where it is not a number
 * @param bound the largest difference that is allowed; 0 where results must be the same bits
 * @param problem in one line, where the item could not be computed; difference and bound mean nothing then
 */
public record Finding(String item, double difference, double bound, Optional<String> problem) {
    static Finding of(String item, Difference difference) {
        return new Finding(item, difference.largest(), difference.bound(), Optional.empty());
    }

    /** Reports something that could not be done. */
    public static Finding failed(String item, Throwable thrown) {
        String message = Optional.ofNullable(thrown.getMessage())
                .orElse(thrown.getClass().getSimpleName())
                .strip()
                .replaceAll("\\s*\\R\\s*", "; ");
        return new Finding(item, 0, 0, Optional.of(message));
    }

    public boolean passed() {
        return problem.isEmpty() && difference <= bound;
    }

    /** Without the item's name: by how much it differs and what is allowed, or why there is no result. */
    public String describe() {
        return problem.map(message -> "failed: " + message)
                .orElseGet(() -> "differs by " + number(difference) + ", allowed " + number(bound));
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
    }
}
