package org.ambispike.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.ambispike.common.InputException;
import org.ambispike.data.DecodedImage;
import org.ambispike.data.ImageDecoder;
import org.ambispike.graph.Shape;

/**
 * Makes any image one that the network takes: colours or grey, and its size, all of it visible, in the middle, on black.
 * Immutable and thread-safe.
 */
final class ImageFitter {
    private static final int LARGEST_SIDE = 8192;
    private static final long MOST_PIXELS = 24_000_000;
    private static final int KEPT_SIDE = 1024;
    private static final ImageDecoder DECODER = new ImageDecoder(LARGEST_SIDE, MOST_PIXELS, KEPT_SIDE, true);
    /** Brightness of red, green and blue (ITU-R BT.601). */
    private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

    private static final float WHITE = 255f;

    private final Shape target;
    private final int height;
    private final int width;
    private final int channels;

    /** @param target [H, W, C] of the network; C must be 1 or 3 for files, any for raw pixels */
    ImageFitter(Shape target) {
        this.target = target;
        this.height = target.extent(0);
        this.width = target.extent(1);
        this.channels = target.extent(2);
    }

    /** @throws Problem if the file is no image, or too large */
    FittedImage fit(byte[] file, boolean invert) {
        if (channels != 1 && channels != 3) {
            throw new Problem(
                    Problem.BAD_REQUEST,
                    "the network takes " + channels + " channels, which no image file has; send raw pixels");
        }
        DecodedImage image;
        try {
            image = DECODER.decode("image", file);
        } catch (InputException e) {
            throw new Problem(Problem.BAD_REQUEST, e.getMessage());
        }
        List<String> changes = new ArrayList<>();
        if (image.laidOverWhite()) {
            changes.add("transparency laid over white");
        }
        int sourceHeight = image.shape().extent(0);
        int sourceWidth = image.shape().extent(1);
        float[] pixels = coloured(image, changes);
        if (sourceHeight != height || sourceWidth != width) {
            pixels = scaled(pixels, sourceHeight, sourceWidth, changes);
        }
        if (invert) {
            invert(pixels);
            changes.add("inverted");
        }
        return new FittedImage(target, pixels, List.copyOf(changes));
    }

    /** Raw pixels, which must be as many as the network takes; the array is taken over. */
    FittedImage fit(float[] pixels, boolean invert) {
        if (pixels.length != target.elements()) {
            throw new Problem(
                    Problem.BAD_REQUEST,
                    "pixels has " + pixels.length + " values, expected " + target.elements() + " for an image " + target
                            + " (height, width, channels)");
        }
        for (int index = 0; index < pixels.length; index++) {
            if (!(pixels[index] >= 0 && pixels[index] <= WHITE)) {
                throw new Problem(
                        Problem.BAD_REQUEST, "pixels holds " + pixels[index] + " at " + index + ", expected 0 to 255");
            }
        }
        if (invert) {
            invert(pixels);
            return new FittedImage(target, pixels, List.of("inverted"));
        }
        return new FittedImage(target, pixels, List.of());
    }

    private static void invert(float[] pixels) {
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = WHITE - pixels[index];
        }
    }

    private float[] coloured(DecodedImage image, List<String> changes) {
        int given = image.shape().extent(2);
        int count = image.shape().extent(0) * image.shape().extent(1);
        float[] pixels = new float[count * channels];
        for (int index = 0; index < count; index++) {
            if (given == channels) {
                for (int channel = 0; channel < channels; channel++) {
                    pixels[index * channels + channel] = Byte.toUnsignedInt(image.values()[index * channels + channel]);
                }
            } else if (given == 1) {
                Arrays.fill(
                        pixels, index * channels, (index + 1) * channels, Byte.toUnsignedInt(image.values()[index]));
            } else {
                for (int channel = 0; channel < given; channel++) {
                    pixels[index] += LUMA[channel] * Byte.toUnsignedInt(image.values()[index * given + channel]);
                }
                pixels[index] = Math.min(pixels[index], WHITE);
            }
        }
        if (given != channels) {
            changes.add(given == 1 ? "grey repeated in three channels" : "colours turned to grey");
        }
        return pixels;
    }

    private float[] scaled(float[] source, int sourceHeight, int sourceWidth, List<String> changes) {
        double scale = Math.min((double) height / sourceHeight, (double) width / sourceWidth);
        int rows = Math.max(1, (int) Math.round(sourceHeight * scale));
        int columns = Math.max(1, (int) Math.round(sourceWidth * scale));
        float[] narrow = averaged(source, sourceHeight, sourceWidth * channels, rows, 1);
        float[] small = averaged(narrow, sourceWidth, channels, columns, rows);
        changes.add(String.format(
                Locale.ROOT, "scaled from %dx%d to %dx%d (height x width)", sourceHeight, sourceWidth, rows, columns));
        if (rows == height && columns == width) {
            return small;
        }
        changes.add("set in the middle of a black " + height + "x" + width);
        float[] centred = new float[height * width * channels];
        int top = (height - rows) / 2;
        int left = (width - columns) / 2;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    small,
                    row * columns * channels,
                    centred,
                    ((top + row) * width + left) * channels,
                    columns * channels);
        }
        return centred;
    }

    /**
     * The mean over what each target cell covers, along one axis.
     *
     * @param source [outer, length, inner]
     * @return [outer, target, inner]
     */
    private static float[] averaged(float[] source, int length, int inner, int target, int outer) {
        float[] result = new float[outer * target * inner];
        double cell = (double) length / target;
        for (int at = 0; at < target; at++) {
            double from = at * cell;
            double to = Math.min(length, (at + 1) * cell);
            for (int position = (int) from; position < to; position++) {
                float share = (float) ((Math.min(to, position + 1) - Math.max(from, position)) / (to - from));
                for (int block = 0; block < outer; block++) {
                    for (int index = 0; index < inner; index++) {
                        result[(block * target + at) * inner + index] +=
                                share * source[(block * length + position) * inner + index];
                    }
                }
            }
        }
        for (int index = 0; index < result.length; index++) {
            result[index] = Math.min(result[index], WHITE); // sums of shares may round up
        }
        return result;
    }
}
