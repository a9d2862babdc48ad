package org.ambispike.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * Decodes PNG, JPEG, GIF (its first picture) and BMP files: grey ones as one channel, others as red, green, blue. The size
 * that the file claims is checked before a pixel is decoded. A value; thread-safe.
 *
 * @param largestSide pixels; images that are higher or wider are refused
 * @param mostPixels height times width; larger images are refused
 * @param keptSide larger sides are decoded with every n-th pixel only, so that no more than this remain
 * @param overWhite whether transparent images are laid over white; else they are refused
 */
public record ImageDecoder(int largestSide, long mostPixels, int keptSide, boolean overWhite) {
    private static final Map<String, String> SIGNATURES =
            Map.of("\u0089PNG\r\n\u001a\n", "png", "\u00ff\u00d8\u00ff", "jpeg", "GIF8", "gif", "BM", "bmp");
    private static final int MOST_BITS = 8;
    private static final int OPAQUE = 0xff;

    /**
     * Decodes a file that is in memory.
     *
     * @param name of the image, with which messages begin
     * @throws InputException if it is of no such format, damaged, too large, of far more work than its size says, of 16
     *     bits, or transparent where that is refused
     */
    public DecodedImage decode(String name, byte[] file) {
        String format = format(name, file);
        FileBombs.refuse(name, format, file);
        ImageReader reader = reader(name, format);
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            // metadata is not read: it may be compressed, and be larger than the image
            reader.setInput(in, true, true);
            int height = reader.getHeight(0);
            int width = reader.getWidth(0);
            if (height > largestSide || width > largestSide || (long) height * width > mostPixels) {
                throw new InputException(name + ": an image of " + height + "x" + width + ", larger than " + largestSide
                        + " a side or " + mostPixels + " pixels");
            }
            int every = (Math.max(height, width) + keptSide - 1) / keptSide;
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(every, every, 0, 0);
            return pixels(name, reader.read(0, parameters));
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers throw all kinds at damaged files
            throw new InputException(name + ": cannot be read as an image: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
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

    private DecodedImage pixels(String name, BufferedImage image) {
        if (image.getSampleModel().getSampleSize(0) > MOST_BITS) {
            throw new InputException(name + ": more than 8 bits a channel; save it with 8");
        }
        boolean grey = image.getRaster().getNumBands() == 1 && !(image.getColorModel() instanceof IndexColorModel);
        return grey ? grey(image) : colours(name, image);
    }

    /** Samples as stored: Java's own conversion would change the brightness of grey. */
    private static DecodedImage grey(BufferedImage image) {
        Shape shape = Shape.of(image.getHeight(), image.getWidth(), 1);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        int bits = image.getSampleModel().getSampleSize(0);
        int largest = (1 << bits) - 1;
        for (int index = 0; index < values.length; index++) {
            int sample = image.getRaster().getSample(index % image.getWidth(), index / image.getWidth(), 0);
            values[index] = (byte) (sample * 255 / largest);
        }
        return new DecodedImage(shape, values, false);
    }

    private DecodedImage colours(String name, BufferedImage image) {
        Shape shape = Shape.of(image.getHeight(), image.getWidth(), 3);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        boolean transparent = false;
        for (int index = 0; index < values.length / 3; index++) {
            int colour = image.getRGB(index % image.getWidth(), index / image.getWidth());
            int alpha = colour >>> 24;
            transparent |= alpha != OPAQUE;
            for (int channel = 0; channel < 3; channel++) {
                int value = colour >> (16 - 8 * channel) & 0xff;
                values[3 * index + channel] = (byte) ((value * alpha + 255 * (OPAQUE - alpha) + OPAQUE / 2) / OPAQUE);
            }
        }
        if (transparent && !overWhite) {
            throw new InputException(name + ": is transparent in places; save it without an alpha channel");
        }
        return new DecodedImage(shape, values, transparent);
    }
}
