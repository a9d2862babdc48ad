package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.error.InputException;
import org.ambispike.tensor.Shape;

/**
 * CIFAR-10's binary files: {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}, each image a
 * byte with the label and 3 x 32 x 32 bytes, channels first. Source: Krizhevsky, "Learning Multiple Layers of Features
 * from Tiny Images", 2009, and www.cs.toronto.edu/~kriz/cifar.html.
 */
record CifarFolder(Path folder) implements ImageSource {
    private static final Shape SHAPE = Shape.of(32, 32, 3);
    private static final int PIXELS = 32 * 32;
    private static final int RECORD = 1 + 3 * PIXELS;
    private static final List<String> CLASS_NAMES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    static final String FIRST_FILE = "data_batch_1.bin";

    @Override
    public String describe() {
        return "CIFAR-10 binary files in " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes) {
        List<String> names = split == Split.TEST
                ? List.of("test_batch.bin")
                : IntStream.rangeClosed(1, 5)
                        .mapToObj(batch -> "data_batch_" + batch + ".bin")
                        .toList();
        List<byte[]> files =
                names.stream().map(name -> read(folder.resolve(name))).toList();
        int count = files.stream().mapToInt(bytes -> bytes.length / RECORD).sum();
        LabelledImages images = new LabelledImages(SHAPE, new byte[count * 3 * PIXELS], new byte[count]);
        int image = 0;
        for (byte[] bytes : files) {
            for (int start = 0; start < bytes.length; start += RECORD) {
                copy(bytes, start, images, image++);
            }
        }
        return images.dataset(folder, classes.isEmpty() ? CLASS_NAMES : classes);
    }

    private static void copy(byte[] bytes, int start, LabelledImages images, int image) {
        images.labels()[image] = bytes[start];
        for (int value = 0; value < 3 * PIXELS; value++) {
            int place = image * 3 * PIXELS + value % PIXELS * 3 + value / PIXELS;
            images.pixels()[place] = bytes[start + 1 + value];
        }
    }

    private static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size == 0 || size % RECORD != 0 || size > Integer.MAX_VALUE / 8) {
                throw new InputException(file + ": " + size + " bytes, expected a multiple of " + RECORD
                        + ", a label and 32 x 32 x 3 pixels for each image");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e, e);
        }
    }
}
