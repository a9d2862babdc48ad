package org.ambispike.device;

import java.util.List;

/**
 * How far results lie from what they should be.
 *
 * @param largest distance, as a fraction of the largest magnitude expected
 * @param bound the largest that is allowed
 */
record Difference(double largest, double bound) {
    private static final Difference NONE = new Difference(0, 0);

    /** Compares one result, the elements of which are compared in order. */
    static Difference between(float[] expected, float[] actual, double bound) {
        double distance = 0;
        for (int i = 0; i < expected.length; i++) {
            distance = Math.max(distance, distance(expected[i], actual[i]));
        }
        double scale = magnitude(expected);
        return new Difference(scale == 0 ? distance : distance / scale, bound);
    }

    /** Zeros of different sign are different bits, and so not at the distance 0. */
    private static double distance(float expected, float actual) {
        if (Float.floatToIntBits(expected) == Float.floatToIntBits(actual) && Float.isFinite(expected)) {
            return 0;
        }
        double distance = Math.abs((double) expected - actual);
        return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(distance, Float.MIN_VALUE);
    }

    static double magnitude(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Returns the worst of the results that should be equal one by one. */
    static Difference worst(List<float[]> expected, List<float[]> actual, double bound) {
        Difference worst = NONE;
        for (int i = 0; i < expected.size(); i++) {
            worst = worst.orWorse(between(expected.get(i), actual.get(i), bound));
        }
        return worst;
    }

    /** The one that goes further beyond its bound, or comes nearer to it. */
    Difference orWorse(Difference other) {
        return other.excess() >= excess() ? other : this;
    }

    private double excess() {
        return largest == 0 ? 0 : largest / bound;
    }
}
