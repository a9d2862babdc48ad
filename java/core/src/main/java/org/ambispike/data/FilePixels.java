package org.ambispike.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * Images in files, which are decoded when they are asked for.
 *
 * @param shape [H, W, C] of every image, that of the first file
 */
record FilePixels(Shape shape, List<Path> files) implements PixelSource {
    /** Of the largest heap that this process may have, the part that decoded images may take. */
    private static final int HEAP_SHARE = 4;

    /**
     * Images that stay in memory once they are decoded, where all of them take at most a quarter of the largest heap; else
     * they stay in their files.
     *
     * @throws InputException naming the file, if one cannot be read or is not like the first
     */
    static PixelSource of(List<Path> files) {
        FilePixels source = new FilePixels(ImageFile.read(files.get(0)).shape(), List.copyOf(files));
        long bytes = files.size() * source.shape().elements();
        long most = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        return bytes > most ? source : source.decoded();
    }

    /** All of them in memory. */
    private StoredPixels decoded() {
        int length = Math.toIntExact(shape.elements());
        byte[] values = new byte[Math.multiplyExact(files.size(), length)];
        IntStream.range(0, files.size())
                .parallel()
                .forEach(index -> System.arraycopy(read(index).values(), 0, values, index * length, length));
        return new StoredPixels(shape, values);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public void copy(int index, byte[] target) {
        byte[] values = read(index).values();
        System.arraycopy(values, 0, target, 0, values.length);
    }

    private DecodedImage read(int index) {
        DecodedImage image = ImageFile.read(files.get(index));
        if (!image.shape().equals(shape)) {
            throw new InputException(files.get(index) + ": an image of " + image.shape() + ", but " + files.get(0)
                    + " is of " + shape + " (height, width, channels); images are not scaled, make them of one size");
        }
        return image;
    }

    @Override
    public PixelSource select(int[] places) {
        return new FilePixels(shape, Arrays.stream(places).mapToObj(files::get).toList());
    }
}
