package org.ambispike.device;

import org.ambispike.common.Precision;

/**
 * What products and convolutions lose to rounding.
 *
 * @param operand relative error of each operand
 * @param result relative error of a result, once summed
 */
record Rounding(double operand, double result) {
    /** The error of f32 sums in any order, as a fraction of the largest result. */
    private static final double SUMS = 1e-4;

    static Rounding of(Precision precision) {
        return switch (precision) {
            case F32 -> new Rounding(0, 0);
                // 10 bits after the first, the rest may be cut off
            case TF32 -> new Rounding(Math.scalb(1.0, -10), 0);
                // 7 bits after the first, rounded to the nearest
            case BF16 -> new Rounding(Math.scalb(1.0, -8), Math.scalb(1.0, -8));
            case INT8 -> throw new IllegalArgumentException("int8 is the CPU's own, there is nothing to compare");
        };
    }

    /**
     * The most that sums of products may differ by, as a fraction of the largest sum: both factors are off by the operand's
     * error, in the worst case all to one side.
     *
     * @param sums as they should be
     * @param magnitudes the same sums over the magnitudes of all factors
     */
    double bound(float[] sums, float[] magnitudes) {
        double ratio = Difference.magnitude(magnitudes) / Difference.magnitude(sums);
        return SUMS + (2 + operand) * operand * ratio + result;
    }

    /** The same after so many products in a row, each of which adds what its operands and its result lose. */
    double bound(int products) {
        return SUMS + products * (2 * operand + result);
    }
}
