package org.ambispike.train;

import java.util.SplittableRandom;
import org.ambispike.graph.Shape;

/**
 * Some neurons of a layer, all channels at chosen places of chosen images: what drives them in the spiking network, and what the
 * ANN has there. Written by several threads, each of images of its own; the same places for any number of them.
 */
final class LayerSample {
    /** More places tell no more of a channel. */
    private static final int MOST_ROWS = 8_192;
    /** Fewer only where there are none. */
    private static final int LEAST_ROWS = 512;
    /** The most floats that the drives of all T steps take. */
    private static final long MOST_VALUES = 1L << 22;

    private final int[] rows;
    private final int places;
    private final int channels;
    private final int steps;
    private final float[] drive;
    private final float[] target;

    /**
     * Chooses the places, spread evenly over images and maps.
     *
     * @param shape of the layer, [H, W, C] or [C]
     * @param steps 1 where the drive is constant in time, else T
     */
    LayerSample(Shape shape, int images, int steps) {
        this.channels = shape.extent(-1);
        this.places = Math.toIntExact(shape.elements() / channels);
        this.steps = steps;
        long all = (long) places * images;
        long room = Math.max(LEAST_ROWS, MOST_VALUES / steps / channels);
        int count = (int) Math.min(all, Math.min(MOST_ROWS, room));
        this.rows = new int[count];
        SplittableRandom random = new SplittableRandom(1);
        for (int index = 0; index < count; index++) {
            long from = all * index / count;
            long to = all * (index + 1) / count;
            rows[index] = Math.toIntExact(from + random.nextLong(to - from));
        }
        this.drive = new float[Math.multiplyExact(steps, count) * channels];
        this.target = new float[count * channels];
    }

    int size() {
        return rows.length;
    }

    int channels() {
        return channels;
    }

    /** 1 where the drive is constant in time, else T. */
    int steps() {
        return steps;
    }

    /** [steps, size, channels]. */
    float[] drive() {
        return drive;
    }

    /** The ANN's activations, [size, channels]. */
    float[] target() {
        return target;
    }

    /**
     * Takes what the images of a chunk have.
     *
     * @param values [steps, chunk, H, W, C]
     * @param target {@link #drive}, or {@link #target} of one step
     */
    void take(float[] values, LayerPass.Images images, int chunk, float[] target) {
        int ofSteps = target.length / rows.length / channels;
        long begin = (long) images.first(chunk) * places;
        long end = begin + (long) images.size(chunk) * places;
        for (int index = 0; index < rows.length; index++) {
            for (int step = 0; rows[index] >= begin && rows[index] < end && step < ofSteps; step++) {
                long row = (long) step * images.chunk() * places + rows[index] - begin;
                int source = Math.toIntExact(row * channels);
                System.arraycopy(values, source, target, (step * rows.length + index) * channels, channels);
            }
        }
    }
}
