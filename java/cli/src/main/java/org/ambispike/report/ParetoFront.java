package org.ambispike.report;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What is not beaten: nothing else costs no more and gains no less, and is better in one of both. Pure; equal points are
 * all kept.
 *
 * @param cost the less the better
 * @param gain the more the better
 */
record ParetoFront<P>(ToDoubleFunction<P> cost, ToDoubleFunction<P> gain) {
    /** Those of the points that are on it, by rising cost; points with a NaN are never. */
    List<P> of(List<P> points) {
        List<P> finite = points.stream()
                .filter(point -> !Double.isNaN(cost.applyAsDouble(point)) && !Double.isNaN(gain.applyAsDouble(point)))
                .toList();
        return finite.stream()
                .filter(point -> finite.stream().noneMatch(other -> dominates(other, point)))
                .sorted(Comparator.comparingDouble(cost))
                .toList();
    }

    private boolean dominates(P one, P other) {
        double cheaper = cost.applyAsDouble(other) - cost.applyAsDouble(one);
        double better = gain.applyAsDouble(one) - gain.applyAsDouble(other);
        return cheaper >= 0 && better >= 0 && (cheaper > 0 || better > 0);
    }
}
