package org.ambispike.run;

import java.nio.FloatBuffer;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/** Where a caller's images are checked and become the network's input; made once, so that runs allocate nothing. */
public final class ImageStage {
    private static final float WHITE = 255f;

    private final Shape shape;
    private final int imageLength;
    private final int capacity;
    private final boolean pixels;
    private final float[] mean;
    private final float[] deviation;
    private final float[] values;

    /**
     * Makes room for images.
     *
     * @param shape [H, W, C] of one image
     * @param normalisation how pixels become the network's input
     * @param capacity the most images at once
     * @param pixels whether images come as pixels from 0 to 255; else they are normalised already
     */
    public ImageStage(Shape shape, Normalisation normalisation, int capacity, boolean pixels) {
        this.shape = shape;
        this.imageLength = Math.toIntExact(shape.elements());
        this.capacity = capacity;
        this.pixels = pixels;
        int channels = normalisation.mean().size();
        this.mean = new float[channels];
        this.deviation = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            mean[channel] = normalisation.mean().get(channel);
            deviation[channel] = normalisation.deviation().get(channel);
        }
        this.values = new float[Math.multiplyExact(capacity, imageLength)];
    }

    /**
     * The number of images between a buffer's position and limit.
     *
     * @throws IllegalArgumentException if they are no whole images, none, or more than the session's batch
     */
    public int count(FloatBuffer images) {
        int count = images.remaining() / imageLength;
        if (count == 0 || images.remaining() % imageLength != 0) {
            throw new IllegalArgumentException("the buffer has " + images.remaining()
                    + " values from position to limit, expected a multiple of " + imageLength + " for images " + shape);
        }
        if (count > capacity) {
            throw new IllegalArgumentException(count + " images are more than the session's batch of " + capacity
                    + "; open it with a larger SessionOptions.batch, or run them in parts");
        }
        return count;
    }

    /**
     * Copies images; the buffer's position stays.
     *
     * @throws IllegalArgumentException naming image and value, if a value is no pixel or not finite
     */
    public void take(FloatBuffer images, int count) {
        int length = count * imageLength;
        images.get(images.position(), values, 0, length);
        if (pixels) {
            normalise(length);
        } else {
            requireFinite(length);
        }
    }

    private void normalise(int length) {
        int channels = mean.length;
        for (int channel = 0; channel < channels; channel++) {
            for (int index = channel; index < length; index += channels) {
                float pixel = values[index];
                if (!(pixel >= 0 && pixel <= WHITE)) {
                    throw refused(
                            index,
                            "expected pixels from 0 to 255; for normalised values open the session with"
                                    + " SessionOptions.Input.NORMALISED");
                }
                values[index] = (pixel / WHITE - mean[channel]) / deviation[channel];
            }
        }
    }

    private void requireFinite(int length) {
        for (int index = 0; index < length; index++) {
            if (!(Math.abs(values[index]) <= Float.MAX_VALUE)) {
                throw refused(index, "expected finite values");
            }
        }
    }

    private IllegalArgumentException refused(int index, String expected) {
        return new IllegalArgumentException("image " + index / imageLength + " holds " + values[index] + " at "
                + index % imageLength + "; " + expected);
    }

    /** [count, H, W, C]; the array itself. */
    public float[] values() {
        return values;
    }
}
