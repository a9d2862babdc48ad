package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A scale with its ticks.
 *
 * @param title with the unit
 * @param logarithmic or linear
 * @param low value at the scale's beginning; positive if logarithmic
 * @param high value at its end, above {@code low}
 */
record Axis(String title, boolean logarithmic, double low, double high, List<Tick> ticks) {
    private static final int MOST_TICKS = 6;
    private static final double TOLERANCE = 1e-9;

    /** A marked value. */
    record Tick(double value, String label) {}

    /** Where a value lies: 0 at the beginning, 1 at the end. */
    double fraction(double value) {
        return logarithmic ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
    }

    /** Whether a value is finite and on the scale. */
    boolean shows(double value) {
        double slack = TOLERANCE * (high - low);
        return Double.isFinite(value) && value >= low - slack && value <= high + slack;
    }

    /** A linear scale from a tick at or below {@code low} to one at or above {@code high}; labels get {@code unit} times the value. */
    static Axis linear(String title, double low, double high, double unit) {
        double step = step(low, high);
        long first = Math.round(Math.floor(low / step + TOLERANCE));
        long last = Math.max(first + 1, Math.round(Math.ceil(high / step - TOLERANCE)));
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step * unit) + TOLERANCE));
        List<Tick> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, Format.decimal(i * step * unit, decimals)));
        }
        return new Axis(title, false, first * step, last * step, ticks);
    }

    /** A linear scale that begins and ends at exactly these values. */
    static Axis exact(String title, double low, double high) {
        Axis wide = linear(title, low, high, 1);
        Axis exact = new Axis(title, false, low, high, wide.ticks);
        return new Axis(
                title,
                false,
                low,
                high,
                wide.ticks.stream().filter(t -> exact.shows(t.value)).toList());
    }

    /** A linear scale of no ticks. */
    static Axis plain(double low, double high) {
        return new Axis("", false, low, high, List.of());
    }

    /** A logarithmic scale of decades, or of 1, 2 and 5 where there are few, around positive values. */
    static Axis log10(String title, double low, double high, DoubleFunction<String> label) {
        int first = (int) Math.floor(Math.log10(low) + TOLERANCE);
        int last = Math.max(first + 1, (int) Math.ceil(Math.log10(high) - TOLERANCE));
        int stride = (last - first + MOST_TICKS - 1) / MOST_TICKS;
        double[] within = last - first <= 2 ? new double[] {1, 2, 5} : new double[] {1};
        List<Tick> ticks = new ArrayList<>();
        for (int decade = first; decade <= last; decade += stride) {
            for (double multiple : within) {
                double value = multiple * Math.pow(10, decade);
                ticks.add(new Tick(value, label.apply(value)));
            }
        }
        double begin = ticks.stream()
                .mapToDouble(Tick::value)
                .filter(v -> v <= low * (1 + TOLERANCE))
                .max()
                .orElse(low);
        double end = ticks.stream()
                .mapToDouble(Tick::value)
                .filter(v -> v >= high * (1 - TOLERANCE) && v > begin)
                .min()
                .orElse(Math.max(high, 10 * begin));
        return new Axis(
                title,
                true,
                begin,
                end,
                ticks.stream().filter(t -> t.value >= begin && t.value <= end).toList());
    }

    /** A logarithmic scale of the numbers of time steps that were measured, rising, with a margin on both sides. */
    static Axis timeSteps(List<Integer> timeSteps) {
        double margin = 1.15;
        double low = timeSteps.get(0) / margin;
        double high = timeSteps.get(timeSteps.size() - 1) * margin;
        return new Axis(
                "time steps T, log scale",
                true,
                low,
                high,
                timeSteps.stream().map(t -> new Tick(t, Integer.toString(t))).toList());
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most {@link #MOST_TICKS} ticks. */
    private static double step(double low, double high) {
        double raw = Math.max(high - low, Math.max(Math.abs(high), 1e-9) * 1e-6) / (MOST_TICKS - 1);
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        for (double multiple : new double[] {1, 2, 5}) {
            if (raw <= multiple * power * (1 + TOLERANCE)) {
                return multiple * power;
            }
        }
        return 10 * power;
    }
}
