package org.ambispike.device;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a self-check found of one item.
 *
 * @param item as printed, for example {@code pair neurons, forward}
 * @param difference largest distance of the results from what they should be, as a fraction of the largest value of such a
 *     result; infinite where one is not a number
 * @param bound the largest difference that is allowed
 * @param problem in one line, where the item could not be computed; difference and bound mean nothing then
 */
public record Finding(String item, double difference, double bound, Optional<String> problem) {
    /** Compares results one by one, the elements of each in order. */
    static Finding of(String item, List<float[]> expected, List<float[]> actual, double bound) {
        double largest = 0;
        for (int i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, difference(expected.get(i), actual.get(i)));
        }
        return new Finding(item, largest, bound, Optional.empty());
    }

    private static double difference(float[] expected, float[] actual) {
        double distance = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            double apart = Math.abs((double) expected[i] - actual[i]);
            distance = Math.max(distance, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return scale == 0 ? distance : distance / scale;
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
