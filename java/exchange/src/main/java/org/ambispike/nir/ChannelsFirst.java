package org.ambispike.nir;

import java.util.stream.IntStream;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/** From our layout, channels innermost, to NIR's, channels outermost. */
final class ChannelsFirst {
    private ChannelsFirst() {}

    /** [H, W, C] as [C, H, W]; a row stays a row. */
    static Shape shape(Shape channelsLast) {
        int rank = channelsLast.rank();
        return Shape.of(IntStream.range(0, rank)
                .map(axis -> channelsLast.extent(axis == 0 ? rank - 1 : axis - 1))
                .toArray());
    }

    /** Rows of values, each of the given shape, in the other order: [rows, H, W, C] as [rows, C, H, W]. */
    static float[] values(float[] rows, Shape channelsLast) {
        int channels = channelsLast.extent(-1);
        int length = Math.toIntExact(channelsLast.elements());
        int positions = length / channels;
        float[] reordered = new float[rows.length];
        for (int row = 0; row < rows.length; row += length) {
            for (int position = 0; position < positions; position++) {
                for (int channel = 0; channel < channels; channel++) {
                    reordered[row + channel * positions + position] = rows[row + position * channels + channel];
                }
            }
        }
        return reordered;
    }

    /** One value for all, or one by channel, spread over [C, H, W] and multiplied. */
    static HostTensor spread(float[] byChannel, double factor, Shape channelsLast) {
        int positions = Math.toIntExact(channelsLast.elements()) / channelsLast.extent(-1);
        float[] values = new float[Math.toIntExact(channelsLast.elements())];
        for (int index = 0; index < values.length; index++) {
            values[index] = (float) (factor * byChannel[byChannel.length == 1 ? 0 : index / positions]);
        }
        return new HostTensor(shape(channelsLast), values);
    }
}
