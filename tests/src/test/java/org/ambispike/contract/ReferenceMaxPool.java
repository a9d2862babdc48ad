package org.ambispike.contract;

import java.util.Arrays;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.graph.WindowAxis;

/** Max pooling through time in double, as slow and obvious as it gets. */
public final class ReferenceMaxPool {
    /** [T, neurons], both. */
    record Result(double[] pooled, int[] argmax) {}

    /** Called for every place of every window, in the order of the places. */
    @FunctionalInterface
    private interface Visit {
        void at(int source, int target, int place);
    }

    private ReferenceMaxPool() {}

    /** Pooled values of a step. */
    static int neurons(MaxPoolLayout layout) {
        return Math.toIntExact(layout.images() * layout.geometry().outputShape().elements());
    }

    /** Values of a step before the pool. */
    static int places(MaxPoolLayout layout) {
        return Math.toIntExact(layout.images() * layout.geometry().inputShape().elements());
    }

    static int drives(MaxPoolLayout layout) {
        return places(layout) * (layout.constantDrive() ? 1 : layout.steps());
    }

    private static void forEachPlace(MaxPoolLayout layout, Visit visit) {
        WindowAxis down = layout.geometry().down();
        WindowAxis across = layout.geometry().across();
        int channels = layout.geometry().channels();
        for (int target = 0; target < neurons(layout); target++) {
            int pixel = target / channels;
            int image = pixel / (down.windows() * across.windows());
            int top = pixel / across.windows() % down.windows() * down.stride() - down.padding();
            int left = pixel % across.windows() * across.stride() - across.padding();
            for (int place = 0; place < down.kernel() * across.kernel(); place++) {
                int row = top + place / across.kernel();
                int column = left + place % across.kernel();
                if (row >= 0 && row < down.extent() && column >= 0 && column < across.extent()) {
                    int from = (image * down.extent() + row) * across.extent() + column;
                    visit.at(from * channels + target % channels, target, place);
                }
            }
        }
    }

    /** The largest place of each window, of one step. */
    public static double[] largest(MaxPoolLayout layout, double[] places) {
        double[] largest = new double[neurons(layout)];
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        forEachPlace(layout, (source, target, place) -> largest[target] = Math.max(largest[target], places[source]));
        return largest;
    }

    /** @param drive [T, places], or [places] where constant */
    static Result forward(MaxPoolLayout layout, double[] drive) {
        double[] sums = new double[places(layout)];
        double[] before = new double[neurons(layout)];
        double[] pooled = new double[layout.steps() * before.length];
        int[] argmax = new int[pooled.length];
        for (int t = 0; t < layout.steps(); t++) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += drive[layout.constantDrive() ? i : t * sums.length + i];
            }
            double[] largest = new double[before.length];
            Arrays.fill(largest, Double.NEGATIVE_INFINITY);
            int first = t * before.length;
            forEachPlace(layout, (source, target, place) -> {
                if (sums[source] > largest[target]) {
                    largest[target] = sums[source];
                    argmax[first + target] = place;
                }
            });
            for (int j = 0; j < before.length; j++) {
                pooled[first + j] = largest[j] - before[j];
                before[j] = largest[j];
            }
        }
        return new Result(pooled, argmax);
    }

    /** Sums over all t from s on, for every s anew. */
    static double[] backward(MaxPoolLayout layout, int[] argmax, double[] gradPooled) {
        double[] grad = new double[drives(layout)];
        int neurons = neurons(layout);
        int steps = layout.steps();
        forEachPlace(layout, (source, target, place) -> {
            for (int s = 0; s < steps; s++) {
                for (int t = s; t < steps; t++) {
                    double after = t + 1 < steps ? gradPooled[(t + 1) * neurons + target] : 0;
                    if (argmax[t * neurons + target] == place) {
                        grad[layout.constantDrive() ? source : s * places(layout) + source] +=
                                gradPooled[t * neurons + target] - after;
                    }
                }
            }
        });
        return grad;
    }
}
