package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.error.InputException;
import org.ambispike.tensor.Normalisation;
import org.ambispike.tensor.Shape;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothing, 28 x 28, grey, ten classes. Source: Xiao, Rasul,
 * Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
 */
public final class FashionMnist {
    public static final String NAME = "Fashion-MNIST";

    /** [H, W, C] of one image. */
    public static final Shape IMAGE_SHAPE = Shape.of(28, 28, 1);

    /** Of the 60,000 training images. */
    public static final Normalisation NORMALISATION = new Normalisation(List.of(0.2860f), List.of(0.3530f));

    public static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private FashionMnist() {}

    /**
     * Reads one part from a folder with the four IDX files, each plain or gzipped ({@code .gz}).
     *
     * @throws InputException naming the file, if one is missing, damaged or does not fit to the other
     */
    public static Dataset load(Split split, Path folder) {
        Path imageFile = file(folder, imagesName(split));
        Path labelFile = file(folder, labelsName(split));
        IdxArray labels = IdxReader.read(labelFile, 1);
        IdxArray images = IdxReader.read(imageFile, 3);
        int count = images.shape().extent(0);
        if (!images.shape().equals(Shape.of(count, IMAGE_SHAPE.extent(0), IMAGE_SHAPE.extent(1)))) {
            throw new InputException(imageFile + ": images " + images.shape() + ", expected [N, 28, 28]");
        }
        if (count != labels.values().length) {
            throw new InputException(labelFile + ": " + labels.values().length + " labels, expected " + count
                    + ", one for each image of " + imageFile.getFileName());
        }
        checkLabels(labelFile, labels.values());
        return Dataset.of(NAME, IMAGE_SHAPE, images.values(), labels.values(), CLASS_NAMES, NORMALISATION);
    }

    private static void checkLabels(Path file, byte[] labels) {
        for (int i = 0; i < labels.length; i++) {
            int label = Byte.toUnsignedInt(labels[i]);
            if (label >= CLASS_NAMES.size()) {
                throw new InputException(
                        file + ": label " + label + " of image " + i + ", expected 0 to " + (CLASS_NAMES.size() - 1));
            }
        }
    }

    /** The names, without {@code .gz}, of the files that a folder must hold but does not. */
    static List<String> missingFiles(Path folder) {
        List<String> missing = new ArrayList<>();
        for (Split split : Split.values()) {
            for (String name : List.of(imagesName(split), labelsName(split))) {
                if (find(folder, name).isEmpty()) {
                    missing.add(name);
                }
            }
        }
        return missing;
    }

    private static String imagesName(Split split) {
        return prefix(split) + "-images-idx3-ubyte";
    }

    private static String labelsName(Split split) {
        return prefix(split) + "-labels-idx1-ubyte";
    }

    private static String prefix(Split split) {
        return split == Split.TRAIN ? "train" : "t10k";
    }

    private static Path file(Path folder, String name) {
        return find(folder, name)
                .orElseThrow(() -> new InputException(folder + ": lacks " + name + " (or " + name + ".gz)"));
    }

    private static Optional<Path> find(Path folder, String name) {
        return List.of(name, name + ".gz").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
