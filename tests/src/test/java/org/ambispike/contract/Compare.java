package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** Compares a device's floats with the reference's doubles. */
final class Compare {
    private Compare() {}

    /** @param tolerance as a fraction of the largest magnitude expected */
    static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
        assertClose(what, actual, expected, tolerance, 0);
    }

    /** @param least what counts as the largest magnitude where all are smaller: sums may cancel */
    static void assertClose(String what, float[] actual, double[] expected, double tolerance, double least) {
        assertThat(actual).as(what).hasSize(expected.length);
        double largest = least;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            if (!(error <= tolerance * largest)) {
                fail("%s[%d] is %s, expected %s; the error %s is above %s times the largest value %s"
                        .formatted(what, i, actual[i], expected[i], error, tolerance, largest));
            }
        }
    }
}
