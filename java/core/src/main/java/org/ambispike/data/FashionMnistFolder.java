package org.ambispike.data;

import java.nio.file.Path;
import java.util.List;

/** The four files of Fashion-MNIST. */
record FashionMnistFolder(Path folder) implements ImageSource {
    @Override
    public String describe() {
        return FashionMnist.NAME + " from " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        return FashionMnist.load(split, folder).with(transform);
    }
}
