package org.ambispike.common;

/** Checks of settings: each throws {@link IllegalArgumentException} with the name, the range and what was given. NaN is in no range. */
public final class Require {
    private Require() {}

    /** Checks {@code value >= least}. */
    public static void atLeast(String name, double value, double least) {
        if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
            throw refused(name, "at least " + shown(least), value);
        }
    }

    /** Checks {@code value > bound}. */
    public static void above(String name, double value, double bound) {
        if (!(value > bound && value < Double.POSITIVE_INFINITY)) {
            throw refused(name, "above " + shown(bound), value);
        }
    }

    /** Checks {@code 0 <= value <= 1}. */
    public static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw refused(name, "in 0 to 1", value);
        }
    }

    /** Checks {@code 0 <= value < 1}. */
    public static void shareBelowOne(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw refused(name, "at least 0 and below 1", value);
        }
    }

    private static IllegalArgumentException refused(String name, String range, double value) {
        return new IllegalArgumentException(name + " must be " + range + ", got " + shown(value));
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
