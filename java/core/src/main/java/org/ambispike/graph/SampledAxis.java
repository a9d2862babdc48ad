package org.ambispike.graph;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear map along one axis: each place of the result is a weighted sum of neighbouring places of the source.
 *
 * @param extent places of the source
 * @param windows one for each place of the result; none if the axis stays as it is
 */
public record SampledAxis(int extent, List<Window> windows) {
    /**
     * What one place of the result reads.
     *
     * @param first the first place
     * @param weights of that and the following places; none for a place that is 0
     */
    public record Window(int first, List<Float> weights) {
        public Window {
            weights = List.copyOf(weights);
            if (!weights.stream().allMatch(Float::isFinite)) {
                throw new IllegalArgumentException("the weights of a sampled place are not finite: " + weights);
            }
        }

        /** Makes a window that copies one place. */
        public static Window of(int place) {
            return new Window(place, List.of(1f));
        }
    }

    public SampledAxis {
        windows = List.copyOf(windows);
        if (extent < 1) {
            throw new IllegalArgumentException("an axis has places, got " + extent);
        }
        for (Window window : windows) {
            if (window.first < 0 || window.first > extent - window.weights.size()) {
                throw new IllegalArgumentException("a sampled place reads " + window.weights.size() + " places from "
                        + window.first + " on, of " + extent);
            }
        }
    }

    /** Makes an axis that stays as it is. */
    public static SampledAxis unchanged(int extent) {
        return new SampledAxis(extent, List.of());
    }

    /**
     * Makes an axis whose places are copies.
     *
     * @param places of the source, in the order of the result; below 0 for a place that is 0
     */
    public static SampledAxis copies(int extent, IntStream places) {
        return new SampledAxis(
                extent,
                places.mapToObj(place -> place < 0 ? new Window(0, List.of()) : Window.of(place))
                        .toList());
    }

    /** Whether each place of the result is a copy of one place, or 0. */
    public boolean copies() {
        return windows.stream()
                .map(Window::weights)
                .allMatch(weights -> weights.isEmpty() || weights.equals(List.of(1f)));
    }

    public boolean isUnchanged() {
        return windows.isEmpty();
    }

    /** Returns the places of the result. */
    public int places() {
        return isUnchanged() ? extent : windows.size();
    }
}
