package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/** Four IDX files with the names of MNIST's, each plain or gzipped ({@code .gz}): grey images and their labels. */
record IdxFolder(Path folder) implements ImageSource {
    @Override
    public String describe() {
        return "IDX files in " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        LabelledImages images = read(split);
        return images.mixed()
                .dataset(folder, classes.isEmpty() ? images.numbers() : classes)
                .with(transform);
    }

    /** @throws InputException naming the file, if one is missing, damaged or does not fit to the other */
    LabelledImages read(Split split) {
        Path imageFile = file(imagesName(split));
        Path labelFile = file(labelsName(split));
        IdxArray labels = IdxReader.read(labelFile, 1);
        IdxArray images = IdxReader.read(imageFile, 3);
        int count = images.shape().extent(0);
        if (count != labels.values().length) {
            throw new InputException(labelFile + ": " + labels.values().length + " labels, expected " + count
                    + ", one for each image of " + imageFile.getFileName());
        }
        Shape shape = Shape.of(images.shape().extent(1), images.shape().extent(2), 1);
        return LabelledImages.of(new StoredPixels(shape, images.values()), labels.values());
    }

    /** The names, without {@code .gz}, of the files of some parts that the folder lacks. */
    List<String> missingFiles(Set<Split> parts) {
        List<String> missing = new ArrayList<>();
        for (Split split : parts) {
            for (String name : List.of(imagesName(split), labelsName(split))) {
                if (find(name).isEmpty()) {
                    missing.add(name);
                }
            }
        }
        return missing;
    }

    /** Whether the folder has any of the files. */
    boolean begun() {
        return missingFiles(EnumSet.allOf(Split.class)).size() < 2 * Split.values().length;
    }

    static String imagesName(Split split) {
        return prefix(split) + "-images-idx3-ubyte";
    }

    static String labelsName(Split split) {
        return prefix(split) + "-labels-idx1-ubyte";
    }

    private static String prefix(Split split) {
        return split == Split.TRAIN ? "train" : "t10k";
    }

    Path file(String name) {
        return find(name).orElseThrow(() -> new InputException(folder + ": lacks " + name + " (or " + name + ".gz)"));
    }

    private Optional<Path> find(String name) {
        return List.of(name, name + ".gz").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
