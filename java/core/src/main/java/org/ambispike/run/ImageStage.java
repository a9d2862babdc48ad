package org.ambispike.run;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/**
 * Where a caller's images are checked and become the network's input; made once, so that runs allocate nothing. They are floats, or
 * bytes that are pixels.
 */
public final class ImageStage {
    /** How a caller's values lie in their buffer. */
    public enum Form {
        /** [N, H, W, C]. */
        CHANNELS_LAST,
        /** [N, C, H, W]. */
        CHANNELS_FIRST,
        /** [N, H, W, C], floats that another stage has checked and normalised. */
        NORMALISED
    }

    private static final float WHITE = 255f;

    private final Shape shape;
    private final Normalisation normalisation;
    private final int imageLength;
    private final int channels;
    private final int capacity;
    private final boolean pixels;
    private final float[] mean;
    private final float[] deviation;
    private final float[] values;
    /** [H, W, C] or [C, H, W] as a caller has it; made when it is first needed. */
    private float[] image = {};

    private byte[] bytes = {};

    /**
     * Makes room for images.
     *
     * @param shape [H, W, C] of one image
     * @param normalisation how pixels become the network's input
     * @param capacity the most images at once
     * @param pixels whether floats come as pixels from 0 to 255; else they are normalised already
     */
    public ImageStage(Shape shape, Normalisation normalisation, int capacity, boolean pixels) {
        this.shape = shape;
        this.normalisation = normalisation;
        this.imageLength = Math.toIntExact(shape.elements());
        this.capacity = capacity;
        this.pixels = pixels;
        this.channels = normalisation.mean().size();
        this.mean = new float[channels];
        this.deviation = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            mean[channel] = normalisation.mean().get(channel);
            deviation[channel] = normalisation.deviation().get(channel);
        }
        this.values = new float[Math.multiplyExact(capacity, imageLength)];
    }

    /** Makes another for so many images. */
    public ImageStage withCapacity(int images) {
        return new ImageStage(shape, normalisation, images, pixels);
    }

    /** The most images at once. */
    public int capacity() {
        return capacity;
    }

    /**
     * The number of images between a buffer's position and limit.
     *
     * @throws IllegalArgumentException if they are no whole images, or none
     */
    public int count(Buffer images) {
        int count = images.remaining() / imageLength;
        if (count == 0 || images.remaining() % imageLength != 0) {
            throw new IllegalArgumentException("the buffer has " + images.remaining()
                    + " values from position to limit, expected a multiple of " + imageLength + " for images " + shape);
        }
        return count;
    }

    /**
     * Copies as many images as there is room for; the buffer's position stays.
     *
     * @param images a {@link FloatBuffer} or {@link ByteBuffer}
     * @param first where to begin among those from the buffer's position on
     * @return how many were copied
     * @throws IllegalArgumentException naming image and value, if a value is no pixel or not finite
     */
    public int take(Buffer images, Form form, int first) {
        int count = Math.min(capacity, images.remaining() / imageLength - first);
        int start = images.position() + first * imageLength;
        if (images instanceof FloatBuffer floats && form != Form.CHANNELS_FIRST) {
            floats.get(start, values, 0, count * imageLength);
        } else {
            for (int index = 0; index < count; index++) {
                read(images, start + index * imageLength);
                put(index, form);
            }
        }
        if (form == Form.NORMALISED) {
            return count;
        }
        if (images instanceof ByteBuffer || pixels) {
            normalise(count * imageLength, first);
        } else {
            requireFinite(count * imageLength, first);
        }
        return count;
    }

    private void read(Buffer images, int at) {
        if (image.length == 0) {
            image = new float[imageLength];
            bytes = new byte[imageLength];
        }
        if (images instanceof ByteBuffer given) {
            given.get(at, bytes);
            for (int index = 0; index < imageLength; index++) {
                image[index] = bytes[index] & 0xff;
            }
        } else {
            ((FloatBuffer) images).get(at, image);
        }
    }

    private void put(int index, Form form) {
        int target = index * imageLength;
        if (form != Form.CHANNELS_FIRST) {
            System.arraycopy(image, 0, values, target, imageLength);
            return;
        }
        int places = imageLength / channels;
        for (int channel = 0; channel < channels; channel++) {
            for (int place = 0; place < places; place++) {
                values[target + place * channels + channel] = image[channel * places + place];
            }
        }
    }

    private void normalise(int length, int first) {
        for (int channel = 0; channel < channels; channel++) {
            for (int index = channel; index < length; index += channels) {
                float pixel = values[index];
                if (!(pixel >= 0 && pixel <= WHITE)) {
                    throw refused(
                            index,
                            first,
                            "expected pixels from 0 to 255; for normalised values open the session with"
                                    + " SessionOptions.Input.NORMALISED");
                }
                values[index] = (pixel / WHITE - mean[channel]) / deviation[channel];
            }
        }
    }

    private void requireFinite(int length, int first) {
        for (int index = 0; index < length; index++) {
            if (!(Math.abs(values[index]) <= Float.MAX_VALUE)) {
                throw refused(index, first, "expected finite values");
            }
        }
    }

    private IllegalArgumentException refused(int index, int first, String expected) {
        return new IllegalArgumentException("image " + (first + index / imageLength) + " holds " + values[index]
                + " at " + index % imageLength + "; " + expected);
    }

    /** [count, H, W, C]; the array itself. */
    public float[] values() {
        return values;
    }
}
