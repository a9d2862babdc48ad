package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * Images in CIFAR-10's binary layout: {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin},
 * each image a byte with the label and 3 x 32 x 32 bytes, channels first. They are those of {@link Cifar10}, or others.
 */
record CifarFolder(Path folder) implements ImageSource {
    private static final Shape SHAPE = Shape.of(32, 32, 3);
    private static final int PIXELS = 32 * 32;
    private static final int RECORD = 1 + 3 * PIXELS;

    /** Whether the folder has the first file of a part. */
    boolean begun() {
        return Stream.of(Split.values())
                .anyMatch(split ->
                        Files.exists(folder.resolve(Cifar10.files(split).get(0))));
    }

    @Override
    public String describe() {
        return "CIFAR-10 binary files in " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        Map<String, String> sums = new HashMap<>();
        List<byte[]> files = new ArrayList<>();
        for (String name : Cifar10.files(split)) {
            byte[] bytes = read(folder.resolve(name));
            files.add(bytes);
            sums.put(name, sha256(bytes));
        }
        LabelledImages images = images(files);
        List<String> names = classes.isEmpty() ? Cifar10.CLASS_NAMES : classes;
        Dataset dataset = images.dataset(folder, names);
        return Cifar10.name(sums)
                .map(known -> dataset.named(known).with(Cifar10.NORMALISATION))
                .orElse(dataset)
                .with(transform);
    }

    private static LabelledImages images(List<byte[]> files) {
        int count = files.stream().mapToInt(bytes -> bytes.length / RECORD).sum();
        byte[] pixels = new byte[count * 3 * PIXELS];
        byte[] labels = new byte[count];
        int image = 0;
        for (byte[] bytes : files) {
            for (int start = 0; start < bytes.length; start += RECORD) {
                labels[image] = bytes[start];
                copy(bytes, start + 1, pixels, image++ * 3 * PIXELS);
            }
        }
        return LabelledImages.of(new StoredPixels(SHAPE, pixels), labels);
    }

    /** Copies an image, [3, 32, 32] from {@code start} on, as [32, 32, 3]. */
    private static void copy(byte[] bytes, int start, byte[] pixels, int target) {
        for (int value = 0; value < 3 * PIXELS; value++) {
            pixels[target + value % PIXELS * 3 + value / PIXELS] = bytes[start + value];
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

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
