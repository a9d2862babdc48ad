package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;

/**
 * Images in a folder, of which nobody knows the class: {@code train/*.png} and {@code test/*.png}, or all in
 * one folder, which then are the images of both parts.
 */
record PictureFolder(Path folder) implements ImageSource {
    @Override
    public String describe() {
        return "images without classes in " + folder;
    }

    /** Whether there are images beside each other. */
    boolean begun() {
        return ImageFolder.holdsImages(folder)
                || Arrays.stream(Split.values()).anyMatch(split -> ImageFolder.holdsImages(place(split)));
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        Path place = place(split);
        List<Path> files = ImageFolder.images(
                ImageFolder.list(place).filter(Files::isRegularFile).toList());
        if (files.isEmpty()) {
            throw new InputException(place + ": holds no images");
        }
        int[] order = LabelledImages.mixed(files.size());
        PixelSource pixels =
                FilePixels.of(Arrays.stream(order).mapToObj(files::get).toList(), transform);
        return Dataset.unlabelled(
                LabelledImages.name(folder),
                pixels,
                Normalisation.none(pixels.shape().extent(-1)));
    }

    private Path place(Split split) {
        return ImageFolder.part(folder, split).filter(ImageFolder::holdsImages).orElse(folder);
    }
}
