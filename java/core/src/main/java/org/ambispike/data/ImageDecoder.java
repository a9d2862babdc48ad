package org.ambispike.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * Decodes PNG, JPEG, GIF (its first picture) and BMP files by the rules of Pillow, with which networks are trained: samples
 * are taken as the file stores them, grey ones as one channel, others as red, green, blue. Colour profiles, gamma,
 * orientation tags and alpha channels change nothing; CMYK becomes RGB by Pillow's formula. The size that the file claims is
 * checked before a pixel is decoded. A value; thread-safe.
 *
 * @param largestSide pixels; images that are higher or wider are refused
 * @param mostPixels height times width; larger images are refused
 */
public record ImageDecoder(int largestSide, long mostPixels) {
    private static final Map<String, String> SIGNATURES =
            Map.of("\u0089PNG\r\n\u001a\n", "png", "\u00ff\u00d8\u00ff", "jpeg", "GIF8", "gif", "BM", "bmp");
    /** What readers warn of where they invent what a JPEG cut short, or a damaged GIF, does not say. */
    private static final List<String> DAMAGE = List.of("Truncated File", "Out-of-sequence code");

    private static final int MOST_BITS = 8;
    private static final int PNG_COLOUR_TYPE_AT = 25;
    private static final int PNG_GREY = 0;
    private static final int PNG_GREY_ALPHA = 4;

    /**
     * Decodes a file that is in memory.
     *
     * @param name of the image, with which messages begin
     * @throws InputException if it is of no such format, damaged, too large, of far more work than its size says, or of 16
     *     bits
     */
    public DecodedImage decode(String name, byte[] file) {
        String format = format(name, file);
        FileBombs.refuse(name, format, file);
        ImageReader reader = reader(name, format);
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            // metadata is not read: it may be compressed, and be larger than the image
            reader.setInput(in, true, true);
            AtomicReference<String> damage = new AtomicReference<>("");
            reader.addIIOReadWarningListener((source, warning) -> {
                if (DAMAGE.stream().anyMatch(warning::startsWith)) {
                    damage.set(warning);
                }
            });
            int height = reader.getHeight(0);
            int width = reader.getWidth(0);
            if (height > largestSide || width > largestSide || (long) height * width > mostPixels) {
                throw new InputException(name + ": an image of " + height + "x" + width + ", larger than " + largestSide
                        + " a side or " + mostPixels + " pixels");
            }
            ImageReadParam parameters = reader.getDefaultReadParam();
            // Java's own conversion of JPEGs would apply colour profiles, and refuse or garble CMYK
            DecodedImage image = format.equals("jpeg")
                    ? JpegColours.of(name, file).convert(reader.readRaster(0, parameters))
                    : pixels(name, format, file, reader.read(0, parameters));
            if (!damage.get().isEmpty()) {
                throw new IOException(damage.get());
            }
            return image;
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers throw all kinds at damaged files
            String reason = Optional.ofNullable(e.getMessage()).orElse("it is cut short or damaged");
            throw new InputException(name + ": cannot be read as an image: " + reason, e);
        } finally {
            reader.dispose();
        }
    }

    /**
     * Takes a picture that is decoded already, such as {@code ImageIO} reads it.
     *
     * @param name of the image, with which messages begin
     * @throws InputException if it has more than 8 bits a channel
     */
    public static DecodedImage decode(String name, BufferedImage picture) {
        return pixels(name, "", new byte[0], picture);
    }

    private static String format(String name, byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 8), StandardCharsets.ISO_8859_1);
        return SIGNATURES.entrySet().stream()
                .filter(signature -> start.startsWith(signature.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new InputException(name + ": is no PNG or JPEG image (nor GIF or BMP)"));
    }

    private static ImageReader reader(String name, String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw new InputException(name + ": this Java has no reader for " + format);
        }
        return readers.next();
    }

    private static DecodedImage pixels(String name, String format, byte[] file, BufferedImage image) {
        if (image.getSampleModel().getSampleSize(0) > MOST_BITS) {
            throw new InputException(name + ": more than 8 bits a channel; save it with 8");
        }
        boolean png = format.equals("png");
        int colourType = png ? file[PNG_COLOUR_TYPE_AT] : 0;
        Raster raster = image.getRaster();
        if (png && (colourType == PNG_GREY || colourType == PNG_GREY_ALPHA)) {
            return grey(raster);
        }
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return !png && isGrey(palette) ? grey(raster, palette) : colours(raster, palette);
        }
        if (raster.getNumBands() == 1 || image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
            return grey(raster);
        }
        return format.isEmpty() ? colours(image) : stored(raster);
    }

    /** Samples of the first channel, of as many bits as they have, spread over 0 to 255. */
    private static DecodedImage grey(Raster raster) {
        int largest = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        return map(raster, 1, (samples, from, values, to) -> values[to] = (byte) (samples[from] * 255 / largest));
    }

    private static DecodedImage grey(Raster raster, IndexColorModel palette) {
        return map(raster, 1, (samples, from, values, to) -> values[to] = (byte) palette.getRed(samples[from]));
    }

    private static DecodedImage colours(Raster raster, IndexColorModel palette) {
        return map(raster, 3, (samples, from, values, to) -> {
            values[to] = (byte) palette.getRed(samples[from]);
            values[to + 1] = (byte) palette.getGreen(samples[from]);
            values[to + 2] = (byte) palette.getBlue(samples[from]);
        });
    }

    /** Red, green and blue, of as many bits as they have, spread over 0 to 255; an alpha channel behind them is left out. */
    private static DecodedImage stored(Raster raster) {
        int[] bits = raster.getSampleModel().getSampleSize();
        return map(raster, 3, (samples, from, values, to) -> {
            for (int channel = 0; channel < 3; channel++) {
                values[to + channel] = (byte) (samples[from + channel] * 255 / ((1 << bits[channel]) - 1));
            }
        });
    }

    private static DecodedImage colours(BufferedImage image) {
        Shape shape = Shape.of(image.getHeight(), image.getWidth(), 3);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        for (int index = 0; index < values.length / 3; index++) {
            int colour = image.getRGB(index % image.getWidth(), index / image.getWidth());
            for (int channel = 0; channel < 3; channel++) {
                values[3 * index + channel] = (byte) (colour >> 16 - 8 * channel);
            }
        }
        return new DecodedImage(shape, values);
    }

    /** Whether a palette's entries are the greys that their numbers say, or black and white, as programs write grey images. */
    private static boolean isGrey(IndexColorModel palette) {
        int size = palette.getMapSize();
        for (int index = 0; index < size; index++) {
            int grey = size == 2 ? 255 * index : index;
            if (palette.getRed(index) != grey || palette.getGreen(index) != grey || palette.getBlue(index) != grey) {
                return false;
            }
        }
        return true;
    }

    /** What becomes of the samples of one pixel. */
    @FunctionalInterface
    interface PixelRule {
        /** Reads the samples of a pixel from {@code from} on and writes its values from {@code to} on. */
        void apply(int[] samples, int from, byte[] values, int to);
    }

    /** Applies a rule to each pixel, row by row. */
    static DecodedImage map(Raster raster, int channels, PixelRule rule) {
        int height = raster.getHeight();
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        Shape shape = Shape.of(height, width, channels);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        int[] samples = new int[width * bands];
        for (int row = 0; row < height; row++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, samples);
            for (int column = 0; column < width; column++) {
                rule.apply(samples, column * bands, values, (row * width + column) * channels);
            }
        }
        return new DecodedImage(shape, values);
    }
}
