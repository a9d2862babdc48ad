package org.ambispike.graph;

import java.util.List;

/** A neuron whose activation has a slope below 0: one for all channels, or one for each. */
public sealed interface Sloped permits Op.Activation, Op.Spike {
    /** Returns the slope of all channels, in [0, 1]; 0 where they have {@link #slopes} of their own. */
    double alpha();

    /** Returns the slopes by channel, each in [0, 1]; none where all channels have {@link #alpha}. */
    List<Double> slopes();

    /** Returns the slope of a channel, in [0, 1]. */
    default double slope(int channel) {
        return slopes().isEmpty() ? alpha() : slopes().get(channel);
    }

    /** Returns the slopes of all channels, [channels]. */
    default float[] slopes(int channels) {
        float[] values = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            values[channel] = (float) slope(channel);
        }
        return values;
    }

    /** Returns whether the slopes of all channels are 0, as those of a ReLU are. */
    default boolean isRectified() {
        return alpha() == 0 && slopes().stream().allMatch(slope -> slope == 0);
    }

    /** Returns the slope as a user should read it: one, or the smallest and the largest of the channels. */
    default String slopeText() {
        return slopes().isEmpty()
                ? Double.toString(alpha())
                : slopes().stream().min(Double::compare).orElseThrow() + " to "
                        + slopes().stream().max(Double::compare).orElseThrow() + " by channel";
    }
}
