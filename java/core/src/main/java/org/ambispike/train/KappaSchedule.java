package org.ambispike.train;

import java.util.List;

/**
 * Steepness of the surrogate (eq. 32): the paper's 6.7, 10 and 15, each for an equal share of the calibration.
 *
 * @param values in order, each above 0
 */
public record KappaSchedule(List<Double> values) {
    public static final KappaSchedule PAPER = new KappaSchedule(List.of(6.7, 10.0, 15.0));

    public KappaSchedule {
        values = List.copyOf(values);
        if (values.isEmpty() || values.stream().anyMatch(kappa -> !(kappa > 0 && kappa < Double.POSITIVE_INFINITY))) {
            throw new IllegalArgumentException("kappa needs values above 0, got " + values);
        }
    }

    /** @param progress in [0, 1] */
    public double at(double progress) {
        return values.get(Math.min(values.size() - 1, (int) (progress * values.size())));
    }
}
