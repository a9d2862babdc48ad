package org.ambispike.latency;

import java.util.Arrays;

/** Statistics that only sort, and so assume nothing of how times are distributed. Pure functions. */
final class OrderStatistics {
    /** With fewer values the median has no 95% interval. */
    static final int FEWEST = 6;

    private static final double OUTSIDE = 0.05;

    private OrderStatistics() {}

    /**
     * The smallest value that at least so many percent do not exceed (nearest rank).
     *
     * @param sorted ascending, at least one
     * @param percent in (0, 100]
     */
    static double percentile(double[] sorted, double percent) {
        if (sorted.length == 0 || !(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException(percent + "% of " + sorted.length + " values");
        }
        // a product such as 0.07 * 100 is a little above 7 in floating point
        int rank = (int) Math.ceil(percent * sorted.length / 100 - 1e-9);
        return sorted[Math.max(1, rank) - 1];
    }

    /**
     * Median and its interval: of n independent values the k-th smallest and the k-th largest enclose the true median
     * with a probability of 1 - 2 P(B &lt; k), B binomial of n and 1/2; k is the largest for which that is at least 95%.
     * With fewer than six values there is none, and the interval is from the smallest to the largest.
     *
     * @param values at least one, in any order
     */
    static Interval median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        double middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
        int rank = rank(count);
        return new Interval(middle, sorted[rank - 1], sorted[count - rank]);
    }

    /** k, at least 1. */
    private static int rank(int count) {
        double probability = Math.pow(0.5, count);
        double below = probability;
        int rank = 1;
        for (int next = 2; 2 * next <= count + 1; next++) {
            probability *= (count - next + 2) / (double) (next - 1);
            below += probability;
            if (2 * below > OUTSIDE) {
                break;
            }
            rank = next;
        }
        return rank;
    }
}
