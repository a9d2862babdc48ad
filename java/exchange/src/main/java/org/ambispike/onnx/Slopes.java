package org.ambispike.onnx;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A function of two slopes by channel: {@code positive x} where x is above 0, {@code negative x} where it is below. Activations
 * written by hand, such as {@code max(x, 0.1 x)} or {@code relu(x - 0.1 x) + 0.1 x}, are known by what they come to.
 *
 * @param base the node that gives x
 */
record Slopes(String base, double[] positive, double[] negative) {
    /** Slopes come from floats, and from sums of them. */
    private static final double ROUNDING = 1e-6;

    static Slopes identity(String base, int channels) {
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new Slopes(base, ones, ones);
    }

    Slopes scaled(double[] scale) {
        return new Slopes(base, each(positive, scale, (a, b) -> a * b), each(negative, scale, (a, b) -> a * b));
    }

    /** Behind an activation whose slopes below 0 are these. */
    Slopes activated(double[] alpha) {
        return new Slopes(
                base,
                each(positive, alpha, (slope, below) -> slope >= 0 ? slope : below * slope),
                each(negative, alpha, (slope, below) -> slope >= 0 ? below * slope : slope));
    }

    /** a x + b y, if both are functions of one value. */
    Optional<Slopes> plus(Slopes other, double sign) {
        return with(other, (a, b) -> a + sign * b, (a, b) -> a + sign * b);
    }

    Optional<Slopes> largest(Slopes other) {
        return with(other, Math::max, Math::min);
    }

    Optional<Slopes> smallest(Slopes other) {
        return with(other, Math::min, Math::max);
    }

    /** This where the base is above 0, the other where it is below. */
    Optional<Slopes> orBelow(Slopes other) {
        return with(other, (a, b) -> a, (a, b) -> b);
    }

    private Optional<Slopes> with(Slopes other, DoubleBinaryOperator above, DoubleBinaryOperator below) {
        return base.equals(other.base)
                ? Optional.of(
                        new Slopes(base, each(positive, other.positive, above), each(negative, other.negative, below)))
                : Optional.empty();
    }

    private static double[] each(double[] first, double[] second, DoubleBinaryOperator operator) {
        double[] result = new double[first.length];
        Arrays.setAll(result, index -> rounded(operator.applyAsDouble(first[index], second[index])));
        return result;
    }

    /** To what was meant, where that is 0 or 1. */
    private static double rounded(double value) {
        double whole = Math.rint(value);
        return Math.abs(value - whole) < ROUNDING && Math.abs(whole) <= 1 ? whole : value;
    }

    Slopes map(DoubleUnaryOperator operator) {
        return new Slopes(
                base,
                Arrays.stream(positive).map(operator).toArray(),
                Arrays.stream(negative).map(operator).toArray());
    }

    /** Whether one activation, between two scales, computes it. */
    boolean isSimple() {
        return isLinear() || isOrdered(1) || isOrdered(-1);
    }

    /** Whether all slopes are of a sign, and those above 0 the steeper or the gentler ones in all channels. */
    private boolean isOrdered(double sign) {
        boolean steeper = true;
        boolean gentler = true;
        for (int channel = 0; channel < positive.length; channel++) {
            double above = sign * positive[channel];
            double below = sign * negative[channel];
            steeper &= above >= below && below >= 0;
            gentler &= below >= above && above >= 0;
        }
        return steeper || gentler;
    }

    boolean isLinear() {
        return Arrays.equals(positive, negative);
    }

    boolean isIdentity() {
        return isLinear() && Arrays.stream(positive).allMatch(slope -> slope == 1);
    }
}
