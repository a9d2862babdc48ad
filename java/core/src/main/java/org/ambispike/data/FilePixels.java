package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images in files, which are decoded when they are asked for.
 *
 * @param shape [H, W, C] of every image, that of the first file
 */
record FilePixels(Shape shape, List<Path> files, ImageTransform transform) implements PixelSource {
    private static final Logger LOG = LoggerFactory.getLogger(FilePixels.class);
    private static final int LARGEST_SIDE = 8192;
    private static final ImageDecoder DECODER = new ImageDecoder(LARGEST_SIDE, 40_000_000);
    /** Decoded images may take this part, one in so many, of the largest heap of this process. */
    private static final int HEAP_SHARE = 4;

    /**
     * Images that stay in memory once they are decoded, where all of them take at most a quarter of the largest heap; else
     * they stay in their files.
     *
     * @param files one or more
     * @throws InputException naming the file, if one cannot be read or is not like the first
     */
    static PixelSource of(List<Path> files, ImageTransform transform) {
        return of(files, transform, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** @param most bytes that decoded images may take */
    static PixelSource of(List<Path> files, ImageTransform transform, long most) {
        Shape shape = read(files.get(0), transform).shape();
        int orientation = JpegHeader.of(bytes(files.get(0))).orientation();
        if (orientation != 1) {
            LOG.warn(
                    "{}: its orientation tag ({}) is not heeded, nor that of other images; turn them if their network was"
                            + " trained on upright ones",
                    files.get(0),
                    orientation);
        }
        FilePixels source = new FilePixels(shape, List.copyOf(files), transform);
        long bytes = files.size() * shape.elements();
        return bytes > Math.min(most, Integer.MAX_VALUE - 8) ? source : source.decoded();
    }

    /** All of them in memory. */
    private StoredPixels decoded() {
        int length = Math.toIntExact(shape.elements());
        byte[] values = new byte[Math.multiplyExact(files.size(), length)];
        IntStream.range(0, files.size())
                .parallel()
                .forEach(index -> System.arraycopy(read(index), 0, values, index * length, length));
        return new StoredPixels(shape, values);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public void copy(int index, byte[] target) {
        byte[] values = read(index);
        System.arraycopy(values, 0, target, 0, values.length);
    }

    private byte[] read(int index) {
        DecodedImage image = read(files.get(index), transform);
        if (image.channels() != shape.extent(2)) {
            throw new InputException(files.get(index) + ": a " + kind(image.channels()) + " image, but " + files.get(0)
                    + " is " + kind(shape.extent(2)) + "; --rgb makes all of them coloured, --grey grey");
        }
        if (!image.shape().equals(shape)) {
            throw new InputException(files.get(index) + ": an image of " + image.shape() + ", but " + files.get(0)
                    + " is of " + shape
                    + " (height, width, channels); make them of one size with --resize N, and --crop N"
                    + " where their aspect ratios differ");
        }
        return image.values();
    }

    private static String kind(int channels) {
        return channels == 1 ? "grey" : "coloured";
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read as an image: " + e.getMessage(), e);
        }
    }

    private static DecodedImage read(Path file, ImageTransform transform) {
        DecodedImage picture = DECODER.decode(file.toString(), bytes(file));
        try {
            return transform.apply(picture);
        } catch (InputException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
    }
}
