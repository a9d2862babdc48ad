package org.ambispike.run;

import java.util.List;

/**
 * Counts of activations in equal bins.
 *
 * @param low lower edge of the first bin
 * @param high upper edge of the last bin, above {@code low}
 * @param counts by bin, at least one; values outside count in the outermost bins
 */
public record Histogram(double low, double high, List<Long> counts) {
    /** @throws IllegalArgumentException if there is no bin or the edges are not in order */
    public Histogram {
        if (counts.size() == 0 || !(low < high)) {
            throw new IllegalArgumentException(
                    "a histogram of " + counts.size() + " bins from " + low + " to " + high + " is empty");
        }
        counts = List.copyOf(counts);
    }
}
