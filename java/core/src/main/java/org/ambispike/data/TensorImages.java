package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;
import org.ambispike.io.TensorFile;

/**
 * A safetensors file with {@code images}, U8 [N, H, W, C], [N, H, W], or [N, C, H, W] where C is 1 or 3 and W is not, and
 * {@code labels}, integers of any width [N]; or a folder
 * with {@code train.safetensors} and {@code test.safetensors}, or one of them.
 */
record TensorImages(Path place) implements ImageSource {
    private static final String TRAINING = "train.safetensors";
    private static final String TESTS = "test.safetensors";
    /** The numbers of channels that images have, by which the order of axes is told. */
    private static final Set<Integer> COLOURS = Set.of(1, 3);

    /** Whether the folder has the file of a part. */
    boolean begun() {
        return Files.exists(place.resolve(TRAINING)) || Files.exists(place.resolve(TESTS));
    }

    @Override
    public String describe() {
        return "images of " + place;
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        boolean folder = Files.isDirectory(place);
        Path file = folder ? place.resolve(split == Split.TRAIN ? TRAINING : TESTS) : place;
        LabelledImages all = read(file);
        LabelledImages images = folder ? all.mixed() : all.part(split);
        return images.dataset(place, classes.isEmpty() ? all.numbers() : classes)
                .with(transform);
    }

    private static LabelledImages read(Path file) {
        try (TensorFile tensors = TensorFile.open(file)) {
            Shape shape = tensors.shape("images");
            if (shape.rank() != 3 && shape.rank() != 4) {
                throw new InputException(file + ": images of shape " + shape
                        + ", expected [N, H, W, C], [N, C, H, W] or" + " [N, H, W]");
            }
            if (!tensors.shape("labels").equals(Shape.of(shape.extent(0)))) {
                throw new InputException(file + ": labels of shape " + tensors.shape("labels") + ", expected one for"
                        + " each of the " + shape.extent(0) + " images");
            }
            return new LabelledImages(pixels(shape, tensors.bytes("images")), labels(file, tensors.integers("labels")));
        }
    }

    private static StoredPixels pixels(Shape shape, byte[] stored) {
        boolean channelsFirst =
                shape.rank() == 4 && COLOURS.contains(shape.extent(1)) && !COLOURS.contains(shape.extent(3));
        if (!channelsFirst) {
            Shape image = Shape.of(shape.extent(1), shape.extent(2), shape.rank() == 4 ? shape.extent(3) : 1);
            return new StoredPixels(image, stored);
        }
        int channels = shape.extent(1);
        int places = shape.extent(2) * shape.extent(3);
        byte[] pixels = new byte[stored.length];
        for (int index = 0; index < stored.length; index++) {
            int place = index % places;
            int channel = index / places % channels;
            pixels[index - index % (channels * places) + place * channels + channel] = stored[index];
        }
        return new StoredPixels(Shape.of(shape.extent(2), shape.extent(3), channels), pixels);
    }

    private static int[] labels(Path file, long[] values) {
        int[] labels = new int[values.length];
        for (int index = 0; index < values.length; index++) {
            if (values[index] < 0 || values[index] >= Dataset.MOST_CLASSES) {
                throw new InputException(file + ": label " + values[index] + " of image " + index + ", expected 0 to "
                        + (Dataset.MOST_CLASSES - 1));
            }
            labels[index] = (int) values[index];
        }
        return labels;
    }
}
