package org.ambispike.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.ambispike.error.InputException;
import org.ambispike.tensor.Shape;

/** Reads PNG and JPEG files: grey ones as one channel, others as red, green, blue. */
final class ImageFile {
    private static final int LARGEST_SIDE = 4096;

    /**
     * An image.
     *
     * @param shape [H, W, C], C 1 or 3
     * @param values row-major, unsigned
     */
    record Pixels(Shape shape, byte[] values) {}

    private ImageFile() {}

    /** @throws InputException naming the file, if it is damaged, transparent, of 16 bits, or larger than 4096 a side */
    static Pixels read(Path file) {
        try (ImageInputStream in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new InputException(file + ": is no PNG or JPEG image");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                if (reader.getWidth(0) > LARGEST_SIDE || reader.getHeight(0) > LARGEST_SIDE) {
                    throw new InputException(file + ": an image of " + reader.getHeight(0) + "x" + reader.getWidth(0)
                            + ", larger than " + LARGEST_SIDE + " a side");
                }
                return pixels(file, reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new InputException(file + ": cannot be read as an image: " + e.getMessage(), e);
        }
    }

    private static Pixels pixels(Path file, BufferedImage image) {
        if (image.getSampleModel().getSampleSize(0) > 8) {
            throw new InputException(file + ": more than 8 bits a channel; save it with 8");
        }
        boolean grey = image.getRaster().getNumBands() == 1 && !(image.getColorModel() instanceof IndexColorModel);
        return grey ? grey(image) : colours(file, image);
    }

    /** Samples as stored: Java's own conversion would change the brightness of grey. */
    private static Pixels grey(BufferedImage image) {
        Shape shape = Shape.of(image.getHeight(), image.getWidth(), 1);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        int bits = image.getSampleModel().getSampleSize(0);
        int largest = (1 << bits) - 1;
        for (int index = 0; index < values.length; index++) {
            int sample = image.getRaster().getSample(index % image.getWidth(), index / image.getWidth(), 0);
            values[index] = (byte) (sample * 255 / largest);
        }
        return new Pixels(shape, values);
    }

    private static Pixels colours(Path file, BufferedImage image) {
        Shape shape = Shape.of(image.getHeight(), image.getWidth(), 3);
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        for (int index = 0; index < values.length / 3; index++) {
            int colour = image.getRGB(index % image.getWidth(), index / image.getWidth());
            if (colour >>> 24 != 0xff) {
                throw new InputException(file + ": is transparent in places; save it without an alpha channel");
            }
            values[3 * index] = (byte) (colour >> 16);
            values[3 * index + 1] = (byte) (colour >> 8);
            values[3 * index + 2] = (byte) colour;
        }
        return new Pixels(shape, values);
    }
}
