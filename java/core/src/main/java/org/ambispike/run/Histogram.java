package org.ambispike.run;

import java.util.Arrays;

/**
 * Counts of activations in equal bins.
 *
 * @param low lower edge of the first bin
 * @param high upper edge of the last bin, above {@code low}
 * @param counts by bin, at least one; values outside count in the outermost bins
 */
public record Histogram(double low, double high, long[] counts) {
    /** @throws IllegalArgumentException if there is no bin or the edges are not in order */
    public Histogram {
        if (counts.length == 0 || !(low < high)) {
            throw new IllegalArgumentException(
                    "a histogram of " + counts.length + " bins from " + low + " to " + high + " is empty");
        }
        counts = counts.clone();
    }

    @Override
    public long[] counts() {
        return counts.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Histogram that
                && Double.compare(low, that.low) == 0
                && Double.compare(high, that.high) == 0
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Double.hashCode(low) + Double.hashCode(high)) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "Histogram[low=" + low + ", high=" + high + ", counts=" + Arrays.toString(counts) + "]";
    }
}
