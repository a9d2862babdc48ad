package org.ambispike.graph;

import java.util.Collections;
import java.util.List;

/**
 * How pixels in [0, 1] become a network's input: (pixel - mean) / deviation, by channel.
 *
 * @param mean by channel
 * @param deviation by channel, above 0
 */
public record Normalisation(List<Float> mean, List<Float> deviation) {
    public Normalisation {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != deviation.size() || deviation.stream().anyMatch(value -> !(value > 0))) {
            throw new IllegalArgumentException(
                    "normalisation needs a mean and a positive deviation for each channel, got " + mean + " and "
                            + deviation);
        }
    }

    /** Leaves pixels in [0, 1] as they are. */
    public static Normalisation none(int channels) {
        return new Normalisation(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1f));
    }
}
