package org.ambispike.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;

/**
 * Images and labels as they were read. The arrays are shared, not copied.
 *
 * @param labels [N], 0 or above
 */
record LabelledImages(StoredPixels pixels, int[] labels) {
    /** One image in so many is for tests where a source does not say which are. */
    private static final int TEST_SHARE = 10;

    private static final long SEED = 1;

    /** Images whose labels are unsigned bytes. */
    static LabelledImages of(StoredPixels pixels, byte[] labels) {
        return new LabelledImages(
                pixels,
                IntStream.range(0, labels.length)
                        .map(image -> Byte.toUnsignedInt(labels[image]))
                        .toArray());
    }

    /** The indices below {@code count}, mixed, always in the same way. */
    static int[] mixed(int count) {
        int[] order = IntStream.range(0, count).toArray();
        CounterRandom random = new CounterRandom();
        random.restart(SEED, 0, 0);
        random.shuffle(order);
        return order;
    }

    /** Splits an order: every tenth for tests, the others for training. */
    static int[] part(int[] order, Split split) {
        return IntStream.range(0, order.length)
                .filter(place -> (place % TEST_SHARE == TEST_SHARE - 1) == (split == Split.TEST))
                .map(place -> order[place])
                .toArray();
    }

    /** The same in an order that has no runs of one class, as files often have. */
    LabelledImages mixed() {
        return select(mixed(labels.length));
    }

    /** Splits images that are not parted: every tenth for tests, the others for training. */
    LabelledImages part(Split split) {
        return select(part(mixed(labels.length), split));
    }

    private LabelledImages select(int[] order) {
        return new LabelledImages(
                pixels.select(order),
                Arrays.stream(order).map(place -> labels[place]).toArray());
    }

    /** The labels as names of classes, as far as there are labels. */
    List<String> numbers() {
        int largest = Arrays.stream(labels).max().orElse(0);
        return IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
    }

    /**
     * The data set, named after its place, its normalisation that of pixels in [0, 1].
     *
     * @throws InputException if there are no images, or a label has no class
     */
    Dataset dataset(Path place, List<String> classes) {
        return dataset(pixels, labels, place, classes);
    }

    /** The same of pixels that may be in files. */
    static Dataset dataset(PixelSource pixels, int[] labels, Path place, List<String> classes) {
        if (labels.length == 0) {
            throw new InputException(place + ": too few images for training and tests; of " + TEST_SHARE
                    + " images one is for tests, where there are none apart");
        }
        int least = Arrays.stream(labels).min().orElseThrow();
        int most = Arrays.stream(labels).max().orElseThrow();
        if (least == 1 && most == classes.size()) {
            throw new InputException(
                    place + ": labels are from 1 to " + most + ", expected 0 to " + (most - 1) + "; take 1 from each");
        }
        Normalisation none = Normalisation.none(pixels.shape().extent(-1));
        try {
            return Dataset.of(name(place), pixels, labels, classes, none);
        } catch (IllegalArgumentException e) {
            throw new InputException(place + ": " + e.getMessage(), e);
        }
    }

    /** What images are called after where they are. */
    static String name(Path place) {
        return String.valueOf(place.toAbsolutePath().normalize().getFileName());
    }
}
