package org.ambispike.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothing, 28 x 28, grey, ten classes. Source: Xiao, Rasul,
 * Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
 */
public final class FashionMnist {
    public static final String NAME = "Fashion-MNIST";

    /** [H, W, C] of one image. */
    public static final Shape IMAGE_SHAPE = Shape.of(28, 28, 1);

    /** The mean and deviation of the 60,000 training images. */
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
        IdxFolder files = new IdxFolder(folder);
        LabelledImages images = files.read(split);
        if (!images.pixels().shape().equals(IMAGE_SHAPE)) {
            throw new InputException(files.file(IdxFolder.imagesName(split)) + ": images "
                    + images.pixels().shape() + ", expected " + IMAGE_SHAPE);
        }
        checkLabels(files.file(IdxFolder.labelsName(split)), images.labels());
        return Dataset.of(NAME, images.pixels(), images.labels(), CLASS_NAMES, NORMALISATION);
    }

    private static void checkLabels(Path file, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= CLASS_NAMES.size()) {
                throw new InputException(file + ": label " + labels[i] + " of image " + i + ", expected 0 to "
                        + (CLASS_NAMES.size() - 1));
            }
        }
    }

    /** The names, without {@code .gz}, of the files of some parts that a folder must hold but does not. */
    static List<String> missingFiles(Path folder, Set<Split> parts) {
        return new IdxFolder(folder).missingFiles(parts);
    }
}
