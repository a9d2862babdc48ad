package org.ambispike.latency;

/**
 * A figure that was measured in several rounds.
 *
 * @param value median over the rounds
 * @param low lower end of the interval that holds the true median with a confidence of at least 95%, where the rounds are
 *     enough for one; else the smallest
 * @param high upper end of the same; else the largest
 */
public record Interval(double value, double low, double high) {
    /** A figure that was not measured. */
    public static final Interval NONE = new Interval(Double.NaN, Double.NaN, Double.NaN);

    /** Whether two measurements may be of the same quantity: neither is NaN, and the intervals touch. */
    public boolean overlaps(Interval other) {
        return low <= other.high && other.low <= high;
    }
}
