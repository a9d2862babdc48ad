package org.ambispike.io;

import org.ambispike.graph.HostTensor;

/** Mean, least and greatest value of a tensor; all NaN as soon as one value is. */
public record TensorSummary(double mean, double min, double max) {
    public static TensorSummary of(HostTensor tensor) {
        double sum = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (float value : tensor.values()) {
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return new TensorSummary(sum / tensor.values().length, min, max);
    }
}
