package org.ambispike.bench;

import java.util.Arrays;

/** Repeated measurements of one quantity. */
final class Samples {
    private double[] values = new double[16];
    private int count;

    void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    int count() {
        return count;
    }

    double get(int index) {
        return values[index];
    }

    /** The middle one, or the upper of the two in the middle; the machine's disturbances only ever add time. */
    double median() {
        if (count == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        return sorted()[count / 2];
    }

    double smallest() {
        return sorted()[0];
    }

    double largest() {
        return sorted()[count - 1];
    }

    private double[] sorted() {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
