package org.ambispike.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * How figures look to a reader, on the terminal and in the report alike. A value that was not measured, NaN, is a dash.
 * Never the locale's: a report reads the same everywhere.
 */
public final class Format {
    /** What stands for a value that was not measured. */
    public static final String MISSING = "–";

    private static final String MINUS = "−";
    private static final int FIGURES = 3;
    private static final double SIGNIFICANT = 1e-6;

    private Format() {}

    /** A fraction as a percentage with two decimals: 0.9342 is {@code 93.42 %}. */
    public static String percent(double fraction) {
        return Double.isNaN(fraction) ? MISSING : decimal(100 * fraction, 2) + " %";
    }

    /** The same without its sign, for a column whose heading has it. */
    public static String percentValue(double fraction) {
        return decimal(100 * fraction, 2);
    }

    /** A difference of two fractions in percentage points, signed: 0.0012 is {@code +0.12}. */
    public static String points(double difference) {
        String shown = decimal(100 * difference, 2);
        return Double.isNaN(difference) || shown.startsWith(MINUS) || shown.equals("0.00") ? shown : "+" + shown;
    }

    /** With so many decimals; zero never has a sign. */
    public static String decimal(double value, int decimals) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : MINUS + "∞";
        }
        String shown = String.format(Locale.ROOT, "%,." + decimals + "f", Math.abs(value));
        boolean zero = shown.chars().allMatch(c -> c == '0' || c == '.');
        return value < 0 && !zero ? MINUS + shown : shown;
    }

    /** A whole number in groups of three: {@code 10,000}. */
    public static String count(long value) {
        return decimal(value, 0);
    }

    /** A threshold in the ANN's units, four decimals, as firing rates and relative errors. */
    public static String rate(double value) {
        return decimal(value, 4);
    }

    /** Three significant figures, for a value whose magnitude is not known: {@code 0.0123}, {@code 4.56}, {@code 1.20e−7}. */
    public static String significant(double value) {
        double magnitude = Math.abs(value);
        if (Double.isNaN(value) || Double.isInfinite(value) || magnitude == 0) {
            return value == 0 ? "0" : decimal(value, 0);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(FIGURES));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (magnitude < SIGNIFICANT) {
            return (decimal(rounded.scaleByPowerOfTen(-exponent).doubleValue(), 2) + "e" + exponent)
                    .replace("-", MINUS);
        }
        return decimal(rounded.doubleValue(), Math.max(0, FIGURES - 1 - exponent));
    }

    /** A count of operations with a unit prefix: {@code 12.3 M}. */
    public static String operations(double value) {
        return scaled(value, new String[] {"", "k", "M", "G", "T"}, "");
    }

    /** An energy given in nanojoules: {@code 56.1 µJ}. */
    public static String energy(double nanojoules) {
        return scaled(nanojoules, new String[] {"n", "µ", "m", ""}, "J");
    }

    /** A wall time: {@code 0.42 s}, {@code 12.3 s}, {@code 4 min 12 s}, {@code 1 h 07 min}. */
    public static String seconds(double seconds) {
        if (Double.isNaN(seconds) || seconds < 10) {
            return Double.isNaN(seconds) ? MISSING : decimal(seconds, 2) + " s";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return decimal(seconds, 1) + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    /** Floating-point operations: {@code 1.88 TFLOP}. */
    public static String floatingPoint(double operations) {
        return scaled(operations, new String[] {"", "k", "M", "G", "T", "P", "E"}, "FLOP");
    }

    /** {@code uncalibrated} for 0, else {@code calibrated for T = 4}. */
    public static String calibration(int calibratedFor) {
        return calibratedFor == 0 ? "uncalibrated" : "calibrated for T = " + calibratedFor;
    }

    private static String scaled(double value, String[] prefixes, String unit) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        int step = 0;
        double shown = value;
        // 999.5 would be shown as 1000 of the smaller unit
        while (Math.abs(shown) >= 999.5 && step < prefixes.length - 1) {
            shown /= 1000;
            step++;
        }
        String suffix = prefixes[step] + unit;
        return significant(shown) + (suffix.isEmpty() ? "" : " " + suffix);
    }
}
