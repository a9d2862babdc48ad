package org.ambispike.data;

import java.util.Arrays;
import org.ambispike.graph.Shape;

/**
 * The operations of RandAugment on images of one shape, in place. Strengths and definitions are those of the paper (see
 * {@link Augmentation#randAugment}) and of the image library that it used; images that are turned or moved are
 * interpolated linearly, and black comes in. Makes no garbage after construction. Not thread-safe.
 */
final class PhotoOperations {
    private static final double LARGEST_SHEAR = 0.3;
    private static final double LARGEST_MOVE = 150.0 / 331;
    private static final double LARGEST_TURN = Math.PI / 6;
    private static final double LARGEST_CHANGE = 0.9;
    private static final int LOST_BITS = 4;

    private final int height;
    private final int width;
    private final int channels;
    private final byte[] source;
    private final int[] histogram = new int[256];
    private final byte[] table = new byte[256];
    private final CounterRandom random;
    private final Operation[] operations;

    /** Changes an image; {@code strength} lies in 0 to 1. */
    private interface Operation {
        void apply(byte[] image, double strength);
    }

    PhotoOperations(Shape shape, CounterRandom random) {
        height = shape.extent(0);
        width = shape.extent(1);
        channels = shape.extent(2);
        source = new byte[Math.toIntExact(shape.elements())];
        this.random = random;
        operations = new Operation[] {
            (image, strength) -> {},
            (image, strength) -> affine(image, 1, signed(strength * LARGEST_SHEAR), 0, 0, 1, 0),
            (image, strength) -> affine(image, 1, 0, 0, signed(strength * LARGEST_SHEAR), 1, 0),
            (image, strength) -> affine(image, 1, 0, signed(strength * LARGEST_MOVE * width), 0, 1, 0),
            (image, strength) -> affine(image, 1, 0, 0, 0, 1, signed(strength * LARGEST_MOVE * height)),
            (image, strength) -> turn(image, signed(strength * LARGEST_TURN)),
            (image, strength) -> brightness(image, 1 + signed(strength * LARGEST_CHANGE)),
            (image, strength) -> colour(image, 1 + signed(strength * LARGEST_CHANGE)),
            (image, strength) -> contrast(image, 1 + signed(strength * LARGEST_CHANGE)),
            (image, strength) -> sharpness(image, 1 + signed(strength * LARGEST_CHANGE)),
            (image, strength) -> posterise(image, 8 - (int) Math.round(strength * LOST_BITS)),
            (image, strength) -> solarise(image, 255 - (int) Math.round(strength * 255)),
            (image, strength) -> stretch(image),
            (image, strength) -> equalise(image)
        };
    }

    /** A random one. */
    void apply(byte[] image, double strength) {
        operations[random.below(operations.length)].apply(image, strength);
    }

    private double signed(double magnitude) {
        return random.below(2) == 0 ? magnitude : -magnitude;
    }

    void turn(byte[] image, double angle) {
        // StrictMath, because the same seed is to give the same images on every machine
        double cosine = StrictMath.cos(angle);
        double sine = StrictMath.sin(angle);
        affine(image, cosine, -sine, 0, sine, cosine, 0);
    }

    /** The pixel at (x, y) from the middle becomes what was at (xx x + xy y + x0, yx x + yy y + y0). */
    void affine(byte[] image, double xx, double xy, double x0, double yx, double yy, double y0) {
        System.arraycopy(image, 0, source, 0, source.length);
        double middleX = (width - 1) / 2.0;
        double middleY = (height - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = xx * (column - middleX) + xy * (row - middleY) + x0 + middleX;
                double y = yx * (column - middleX) + yy * (row - middleY) + y0 + middleY;
                interpolate(image, (row * width + column) * channels, x, y);
            }
        }
    }

    private void interpolate(byte[] image, int target, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double bottom = y - top;
        for (int channel = 0; channel < channels; channel++) {
            double upper = (1 - right) * at(left, top, channel) + right * at(left + 1, top, channel);
            double lower = (1 - right) * at(left, top + 1, channel) + right * at(left + 1, top + 1, channel);
            image[target + channel] = (byte) Math.round((1 - bottom) * upper + bottom * lower);
        }
    }

    private int at(int column, int row, int channel) {
        boolean inside = column >= 0 && column < width && row >= 0 && row < height;
        return inside ? source[(row * width + column) * channels + channel] & 0xff : 0;
    }

    void brightness(byte[] image, double factor) {
        for (int value = 0; value < 256; value++) {
            table[value] = blend(0, value, factor);
        }
        replace(image, 0, 1);
    }

    /** Towards grey or away from it. */
    void colour(byte[] image, double factor) {
        for (int pixel = 0; pixel < image.length; pixel += channels) {
            int grey = grey(image, pixel);
            for (int value = pixel; value < pixel + channels; value++) {
                image[value] = blend(grey, image[value] & 0xff, factor);
            }
        }
    }

    /** Towards the mean grey or away from it. */
    void contrast(byte[] image, double factor) {
        long sum = 0;
        for (int pixel = 0; pixel < image.length; pixel += channels) {
            sum += grey(image, pixel);
        }
        int mean = (int) Math.round(sum / (double) (height * width));
        for (int value = 0; value < 256; value++) {
            table[value] = blend(mean, value, factor);
        }
        replace(image, 0, 1);
    }

    /** Towards a smoothed image or away from it; the rim stays. */
    void sharpness(byte[] image, double factor) {
        System.arraycopy(image, 0, source, 0, source.length);
        for (int row = 1; row < height - 1; row++) {
            for (int column = 1; column < width - 1; column++) {
                for (int channel = 0; channel < channels; channel++) {
                    int sum = 4 * at(column, row, channel);
                    for (int y = row - 1; y <= row + 1; y++) {
                        for (int x = column - 1; x <= column + 1; x++) {
                            sum += at(x, y, channel);
                        }
                    }
                    int place = (row * width + column) * channels + channel;
                    image[place] = blend((int) Math.round(sum / 13.0), source[place] & 0xff, factor);
                }
            }
        }
    }

    /** Keeps the highest bits of each value. */
    void posterise(byte[] image, int bits) {
        int mask = 0xff << 8 - bits;
        for (int value = 0; value < image.length; value++) {
            image[value] &= (byte) mask;
        }
    }

    /** Inverts values from the threshold on. */
    void solarise(byte[] image, int threshold) {
        for (int value = 0; value < image.length; value++) {
            int old = image[value] & 0xff;
            image[value] = (byte) (old < threshold ? old : 255 - old);
        }
    }

    /** Each channel over the whole range. */
    void stretch(byte[] image) {
        for (int channel = 0; channel < channels; channel++) {
            count(image, channel);
            int least = 0;
            int most = 255;
            while (histogram[least] == 0) {
                least++;
            }
            while (histogram[most] == 0) {
                most--;
            }
            if (least < most) {
                for (int value = 0; value < 256; value++) {
                    table[value] = clamp((value - least) * 255.0 / (most - least));
                }
                replace(image, channel, channels);
            }
        }
    }

    /** Each channel so that its values are about equally frequent. */
    void equalise(byte[] image) {
        for (int channel = 0; channel < channels; channel++) {
            count(image, channel);
            int last = 255;
            while (histogram[last] == 0) {
                last--;
            }
            int step = (height * width - histogram[last]) / 255;
            if (step > 0) {
                int sum = step / 2;
                for (int value = 0; value < 256; value++) {
                    table[value] = (byte) Math.min(255, sum / step);
                    sum += histogram[value];
                }
                replace(image, channel, channels);
            }
        }
    }

    private void count(byte[] image, int channel) {
        Arrays.fill(histogram, 0);
        for (int value = channel; value < image.length; value += channels) {
            histogram[image[value] & 0xff]++;
        }
    }

    /** Every {@code stride}-th value from the first on becomes what the table has for it. */
    private void replace(byte[] image, int first, int stride) {
        for (int value = first; value < image.length; value += stride) {
            image[value] = table[image[value] & 0xff];
        }
    }

    private int grey(byte[] image, int pixel) {
        if (channels != 3) {
            return image[pixel] & 0xff;
        }
        int red = image[pixel] & 0xff;
        int green = image[pixel + 1] & 0xff;
        int blue = image[pixel + 2] & 0xff;
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }

    private static byte blend(int other, int value, double factor) {
        return clamp(other + factor * (value - other));
    }

    private static byte clamp(double value) {
        return (byte) Math.round(Math.max(0, Math.min(255, value)));
    }
}
