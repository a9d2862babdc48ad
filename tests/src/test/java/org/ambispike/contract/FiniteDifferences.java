package org.ambispike.contract;

import java.util.function.ToDoubleFunction;

/** Central finite differences of a reference in double. */
final class FiniteDifferences {
    private FiniteDifferences() {}

    /** The derivative with respect to one element of the point, which is left as it was. */
    static double at(ToDoubleFunction<double[]> function, double[] point, int index, double step) {
        double original = point[index];
        point[index] = original + step;
        double up = function.applyAsDouble(point);
        point[index] = original - step;
        double down = function.applyAsDouble(point);
        point[index] = original;
        return (up - down) / (2 * step);
    }

    static double[] gradient(ToDoubleFunction<double[]> function, double[] point, double step) {
        double[] gradient = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            gradient[i] = at(function, point, i, step);
        }
        return gradient;
    }
}
