package org.ambispike.run;

import java.util.Arrays;

/** Counts of values in fine equal bins between their extremes, positive and negative values apart. */
public final class Distribution {
    private static final int BINS = 4096;

    private double high;
    private double low;
    private final long[] positive = new long[BINS];
    private final long[] negative = new long[BINS];

    Distribution() {}

    void widen(float[] values) {
        for (float value : values) {
            high = Math.max(high, value);
            low = Math.min(low, value);
        }
    }

    void count(float[] values) {
        for (float value : values) {
            if (value > 0) {
                positive[bin(value, high)]++;
            } else if (value < 0) {
                negative[bin(-value, -low)]++;
            }
        }
    }

    private static int bin(double magnitude, double extent) {
        return Math.min(BINS - 1, (int) (magnitude / extent * BINS));
    }

    /** The largest activation; 0 if none is positive. */
    public double largestPositive() {
        return high;
    }

    /** The magnitude of the smallest activation; 0 if none is negative. */
    public double largestNegative() {
        return -low;
    }

    /** What this fraction of the positive activations does not exceed, to a 4096th of the largest. */
    public double positiveQuantile(double fraction) {
        return quantile(positive, high, fraction);
    }

    /** The same for the magnitudes of the negative activations. */
    public double negativeQuantile(double fraction) {
        return quantile(negative, -low, fraction);
    }

    private static double quantile(long[] counts, double extent, double fraction) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        long wanted = (long) Math.ceil(total * fraction);
        long sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += counts[bin];
            if (sum >= wanted) {
                return extent * (bin + 1) / BINS;
            }
        }
        return extent;
    }

    /** Counts in so many equal bins between the extremes given; zeros are left out. */
    public Histogram histogram(double from, double to, int bins) {
        long[] counts = new long[bins];
        for (int bin = 0; bin < BINS; bin++) {
            add(counts, from, to, high * (bin + 0.5) / BINS, positive[bin]);
            add(counts, from, to, low * (bin + 0.5) / BINS, negative[bin]);
        }
        return new Histogram(from, to, Arrays.stream(counts).boxed().toList());
    }

    private static void add(long[] counts, double from, double to, double value, long count) {
        int bin = (int) ((value - from) / (to - from) * counts.length);
        counts[Math.max(0, Math.min(counts.length - 1, bin))] += count;
    }
}
