package org.ambispike.examples;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.ambispike.common.InputException;
import org.ambispike.data.DecodedImage;
import org.ambispike.data.ImageDecoder;

/**
 * A picture in colours. Immutable as far as its users keep to it.
 *
 * @param pixels [height, width, 3]: red, green and blue from 0 to 255
 */
record Picture(int height, int width, float[] pixels) {
    static final int CHANNELS = 3;
    private static final int LARGEST_SIDE = 8192;
    private static final ImageDecoder DECODER = new ImageDecoder(LARGEST_SIDE, 64_000_000);
    private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");
    private static final float WHITE = 255;
    /** The parameter of the cubic convolution (Keys, 1981), and how many places its kernel reaches to either side. */
    private static final double CUBIC = -0.5;

    private static final int REACH = 2;

    Picture {
        if (pixels.length != height * width * CHANNELS) {
            throw new IllegalArgumentException(
                    "a picture of " + height + "x" + width + " has no " + pixels.length + " values");
        }
    }

    /** @throws InputException naming the file, if it is no picture */
    static Picture read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
        }
        DecodedImage image = DECODER.decode(file.toString(), content);
        int channels = image.shape().extent(2);
        float[] pixels = new float[image.shape().extent(0) * image.shape().extent(1) * CHANNELS];
        for (int index = 0; index < pixels.length; index++) {
            int from = channels == 1 ? index / CHANNELS : index;
            pixels[index] = Byte.toUnsignedInt(image.values()[from]);
        }
        return new Picture(image.shape().extent(0), image.shape().extent(1), pixels);
    }

    /**
     * Returns the files of pictures: the file itself, or all in a folder and those below it, in order.
     *
     * @throws InputException if there are none
     */
    static List<Path> files(Path place) {
        try (Stream<Path> all = Files.walk(place)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.stream().anyMatch(file.toString().toLowerCase(Locale.ROOT)::endsWith))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new InputException(place + ": holds no PNG or JPEG files");
            }
            return files;
        } catch (IOException | UncheckedIOException e) {
            throw new InputException(place + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns a part; what lies beyond an edge repeats it. */
    Picture part(int top, int left, int rows, int columns) {
        float[] part = new float[rows * columns * CHANNELS];
        for (int row = 0; row < rows; row++) {
            int y = Math.min(Math.max(top + row, 0), height - 1);
            for (int column = 0; column < columns; column++) {
                int x = Math.min(Math.max(left + column, 0), width - 1);
                System.arraycopy(
                        pixels, (y * width + x) * CHANNELS, part, (row * columns + column) * CHANNELS, CHANNELS);
            }
        }
        return new Picture(rows, columns, part);
    }

    /** Returns this picture with another laid over it; what reaches beyond is cut off. */
    Picture with(Picture other, int top, int left) {
        Picture result = new Picture(height, width, pixels.clone());
        result.draw(other, top, left);
        return result;
    }

    /** Lays another over this one, as long as it has one user; what reaches beyond is cut off. */
    void draw(Picture other, int top, int left) {
        int columns = Math.min(other.width, width - left);
        for (int row = 0; row < Math.min(other.height, height - top); row++) {
            int from = row * other.width * CHANNELS;
            int to = ((top + row) * width + left) * CHANNELS;
            System.arraycopy(other.pixels, from, pixels, to, columns * CHANNELS);
        }
    }

    static Picture black(int height, int width) {
        return new Picture(height, width, new float[height * width * CHANNELS]);
    }

    /** Returns the whole picture at the upper left of a square, on black, as face-api does it. */
    Picture squared(int side) {
        double scale = (double) side / Math.max(height, width);
        int rows = Math.max(1, (int) Math.round(height * scale));
        int columns = Math.max(1, (int) Math.round(width * scale));
        return black(side, side).with(resized(rows, columns), 0, 0);
    }

    /** Returns it in another size by cubic interpolation, over as many more places as it gets smaller, in whole numbers. */
    Picture resized(int rows, int columns) {
        if (rows == height && columns == width) {
            return this;
        }
        float[] narrow = resampled(pixels, width, CHANNELS, columns);
        return new Picture(rows, columns, resampled(narrow, height, columns * CHANNELS, rows));
    }

    /** @param source [outer, length, inner]; the result is [outer, target, inner] */
    private static float[] resampled(float[] source, int length, int inner, int target) {
        int outer = source.length / length / inner;
        float[] result = new float[outer * target * inner];
        double scale = (double) length / target;
        double stretch = Math.max(scale, 1);
        double[] sum = new double[inner];
        for (int at = 0; at < target; at++) {
            double centre = (at + 0.5) * scale;
            int first = Math.max(0, (int) (centre - REACH * stretch + 0.5));
            int end = Math.min(length, (int) (centre + REACH * stretch + 0.5));
            double[] weights = new double[end - first];
            for (int place = 0; place < weights.length; place++) {
                weights[place] = cubic((first + place - centre + 0.5) / stretch);
            }
            double total = Arrays.stream(weights).sum();
            for (int block = 0; block < outer; block++) {
                Arrays.fill(sum, 0);
                for (int place = 0; place < weights.length; place++) {
                    int from = (block * length + first + place) * inner;
                    for (int index = 0; index < inner; index++) {
                        sum[index] += weights[place] / total * source[from + index];
                    }
                }
                for (int index = 0; index < inner; index++) {
                    result[(block * target + at) * inner + index] = whole(sum[index]);
                }
            }
        }
        return result;
    }

    private static double cubic(double x) {
        double distance = Math.abs(x);
        if (distance < 1) {
            return ((CUBIC + 2) * distance - (CUBIC + 3)) * distance * distance + 1;
        }
        return distance < REACH ? CUBIC * (((distance - 5) * distance + 8) * distance - 4) : 0;
    }

    private static float whole(double value) {
        return (float) Math.min(Math.max(Math.floor(value + 0.5), 0), WHITE);
    }

    /**
     * Returns how like another picture this is: the peak signal-to-noise ratio in dB, over all pixels and colours.
     *
     * @param other of the same size
     */
    double psnr(Picture other) {
        double squares = 0;
        for (int index = 0; index < pixels.length; index++) {
            double difference = pixels[index] - other.pixels[index];
            squares += difference * difference;
        }
        return 10 * Math.log10(WHITE * WHITE * pixels.length / squares);
    }

    /** Returns it as Java draws on it. */
    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int index = 0; index < height * width; index++) {
            int red = (int) whole(pixels[index * CHANNELS]);
            int green = (int) whole(pixels[index * CHANNELS + 1]);
            int blue = (int) whole(pixels[index * CHANNELS + 2]);
            image.setRGB(index % width, index / width, red << 16 | green << 8 | blue);
        }
        return image;
    }

    /** Returns a PNG file. */
    byte[] png() {
        return png(drawing -> {});
    }

    /** Returns a PNG file of it with something drawn on it. */
    byte[] png(Consumer<Graphics2D> drawing) {
        BufferedImage image = image();
        Graphics2D graphics = image.createGraphics();
        drawing.accept(graphics);
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to memory", e);
        }
        return file.toByteArray();
    }
}
