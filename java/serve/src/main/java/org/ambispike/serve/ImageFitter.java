package org.ambispike.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.data.DecodedImage;
import org.ambispike.data.ImageDecoder;
import org.ambispike.data.ImageTransform;
import org.ambispike.graph.Shape;

/**
 * Makes any image one that the network takes, as data sets are made to fit, by default so that all of it is visible, in the
 * middle, on black. Immutable and thread-safe.
 */
final class ImageFitter {
    private static final int LARGEST_SIDE = 8192;
    private static final long MOST_PIXELS = 24_000_000;
    private static final ImageDecoder DECODER = new ImageDecoder(LARGEST_SIDE, MOST_PIXELS);
    private static final float WHITE = 255f;
    /** The first bytes of PNG, JPEG, GIF and BMP. */
    private static final List<String> SIGNATURES =
            List.of("\u0089PNG\r\n\u001a\n", "\u00ff\u00d8\u00ff", "GIF87a", "GIF89a", "BM");

    private static final int LONGEST_SIGNATURE = 8;

    private final Shape target;
    private final ImageTransform transform;

    /**
     * A fitter for a network.
     *
     * @param target [H, W, C] of the network; C must be 1 or 3 for files, any for raw pixels
     * @param transform what is done to files, whose colours always become the network's; nothing for
     *     {@link ImageTransform#fitting}
     */
    ImageFitter(Shape target, ImageTransform transform) {
        this.target = target;
        ImageTransform whole = ImageTransform.fitting(target);
        this.transform = transform.isNone()
                ? whole
                : new ImageTransform(whole.colours(), transform.resizing(), transform.crop());
    }

    /** Whether bytes begin as a file of one of the formats does that are read. */
    static boolean isImage(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, LONGEST_SIGNATURE), StandardCharsets.ISO_8859_1);
        return SIGNATURES.stream().anyMatch(start::startsWith);
    }

    /** @throws Problem if the file is no image, or too large, or does not become one that the network takes */
    FittedImage fit(byte[] file, boolean invert) {
        int channels = target.extent(2);
        if (channels != 1 && channels != 3) {
            throw new Problem(
                    Problem.BAD_REQUEST,
                    "the network takes " + channels + " channels, which no image file has; send raw pixels");
        }
        try {
            DecodedImage picture = DECODER.decode("image", file);
            DecodedImage image = transform.apply(picture);
            if (!image.shape().equals(target)) {
                throw new Problem(
                        Problem.BAD_REQUEST,
                        "the image is " + image.shape() + " (height, width, channels), but the network takes "
                                + target);
            }
            float[] pixels = new float[image.values().length];
            for (int index = 0; index < pixels.length; index++) {
                pixels[index] = Byte.toUnsignedInt(image.values()[index]);
            }
            return fitted(pixels, transform.changes(picture), invert);
        } catch (InputException e) {
            throw new Problem(Problem.BAD_REQUEST, e.getMessage());
        }
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
        return fitted(pixels, List.of(), invert);
    }

    private FittedImage fitted(float[] pixels, List<String> changes, boolean invert) {
        List<String> all = new ArrayList<>(changes);
        if (invert) {
            all.add("inverted");
            for (int index = 0; index < pixels.length; index++) {
                pixels[index] = WHITE - pixels[index];
            }
        }
        return new FittedImage(target, pixels, List.copyOf(all));
    }
}
