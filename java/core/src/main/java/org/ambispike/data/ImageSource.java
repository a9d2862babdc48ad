package org.ambispike.data;

import java.util.List;

/**
 * Images, with labels or without, in one of the forms that can be read; {@link ImageSources} tells which. Values;
 * thread-safe.
 */
public sealed interface ImageSource
        permits FashionMnistFolder, IdxFolder, CifarFolder, ImageFolder, PictureFolder, TensorImages, ValueFile {
    /** What it is and where, for example {@code images by class in photos}. */
    String describe();

    /**
     * Reads one part. Where there are no test images apart, every tenth image is one, and where images have no labels
     * ({@link Dataset#labelled}) all of them are of both parts; the order is mixed, always in the same way. The normalisation is that of pixels in [0, 1], or of the data set where it is a known one.
     *
     * @param classes the names that the network has, which say what label is whose; empty to take those of the images
     * @throws org.ambispike.common.InputException naming the file, if one is damaged or does not fit to the others or to
     *     the classes
     */
    default Dataset load(Split split, List<String> classes) {
        return load(split, classes, ImageTransform.none());
    }

    /**
     * Reads one part, of images that are made to fit on the way; otherwise as {@link #load(Split, List)}.
     *
     * @throws org.ambispike.common.InputException naming the file, if one is damaged or does not fit to the others or to
     *     the classes
     */
    Dataset load(Split split, List<String> classes, ImageTransform transform);
}
