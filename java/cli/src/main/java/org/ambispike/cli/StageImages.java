package org.ambispike.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.data.DataLocator;
import org.ambispike.data.DataPlaces;
import org.ambispike.data.Dataset;
import org.ambispike.data.ImageSource;
import org.ambispike.data.ImageTransform;
import org.ambispike.data.Published;
import org.ambispike.data.Split;
import org.ambispike.data.ValueFile;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.train.TrainingImages;

/**
 * The images that a stage works on.
 *
 * @param validation the last of the training images
 * @param test the validation images again for a stage that measures nothing on test images, which are not read then
 */
record StageImages(Dataset training, Dataset validation, Dataset test) {
    /** At most one in so many training images is held out for validation. */
    private static final int VALIDATION_SHARE = 10;

    private static final List<Integer> COLOURS = List.of(1, 3);

    /**
     * Reads the training images of a stage that begins with a model: images that fit its input, normalised as it wants them,
     * by default of the data set that it was trained on.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static StageImages training(NamedImages named, SavedModel model, Consumer<String> report) {
        DataLocator locator = new DataLocator(DataPlaces.ofProcess(), report).only(Split.TRAIN);
        ImageSource source = source(named.place(), expected(named.place(), model), locator);
        Dataset images = load(source, Split.TRAIN, model, named.transform());
        fitting(model, images, source);
        return training(images.with(model.info().normalisation()), source);
    }

    /**
     * Reads the training images of a stage that begins with nothing else; the normalisation of images that are not published
     * is measured.
     *
     * @param usual the data set to take where no folder is named
     * @throws InputException if there are none
     */
    static StageImages training(NamedImages named, Published usual, Consumer<String> report) {
        DataLocator locator = new DataLocator(DataPlaces.ofProcess(), report).only(Split.TRAIN);
        return training(source(named.place(), Optional.of(usual), locator), named.transform());
    }

    /** Reads test images too; otherwise as {@link #training(Optional, Published, Consumer)}. */
    static StageImages all(NamedImages named, Published usual, Consumer<String> report) {
        ImageSource source = source(named.place(), Optional.of(usual), new DataLocator(DataPlaces.ofProcess(), report));
        StageImages images = training(source, named.transform());
        Dataset test = source.load(Split.TEST, List.of(), named.transform());
        if (!test.imageShape().equals(images.training().imageShape())) {
            throw new InputException(source.describe() + ": test images are " + test.imageShape() + ", training images "
                    + images.training().imageShape());
        }
        return new StageImages(
                images.training(),
                images.validation(),
                test.with(images.training().normalisation()));
    }

    private static StageImages training(ImageSource source, ImageTransform transform) {
        Dataset images = source.load(Split.TRAIN, List.of(), transform);
        boolean published = Published.of(images.name()).isPresent();
        return training(images.with(published ? images.normalisation() : images.measuredNormalisation()), source);
    }

    private static StageImages training(Dataset whole, ImageSource source) {
        int held = Math.min(TrainingImages.VALIDATION_IMAGES, whole.size() / VALIDATION_SHARE);
        if (held < 1 && !whole.labelled()) {
            return new StageImages(whole, whole, whole);
        }
        if (held < 1) {
            throw new InputException(source.describe() + ": " + whole.size() + " training images, expected at least "
                    + VALIDATION_SHARE + ", of which one in " + VALIDATION_SHARE + " is held out for validation");
        }
        int kept = whole.size() - held;
        Dataset validation = whole.slice(kept, whole.size());
        return new StageImages(whole.slice(0, kept), validation, validation);
    }

    /**
     * The test images alone, as examples; nothing is fetched for them.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static Dataset samples(NamedImages named, SavedModel model) {
        DataPlaces here = DataPlaces.ofProcess();
        DataPlaces places = new DataPlaces(here.environment(), here.home(), here.systemData(), Optional.empty());
        return tests(named, model, new DataLocator(places, line -> {}));
    }

    /**
     * The test images alone, normalised as the model wants them.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static Dataset test(NamedImages named, SavedModel model, Consumer<String> report) {
        return tests(named, model, new DataLocator(DataPlaces.ofProcess(), report))
                .with(model.info().normalisation());
    }

    private static Dataset tests(NamedImages named, SavedModel model, DataLocator locator) {
        ImageSource source = source(named.place(), expected(named.place(), model), locator.only(Split.TEST));
        Dataset images = load(source, Split.TEST, model, named.transform());
        fitting(model, images, source);
        return images;
    }

    /** Labels are of no use to a network without classes, and their names need not be its own. */
    private static Dataset load(ImageSource source, Split split, SavedModel model, ImageTransform transform) {
        if (source instanceof ValueFile values) {
            return values.load(model.graph().inputShape()).with(transform);
        }
        return source.load(split, model.graph().hasClasses() ? model.info().classNames() : List.of(), transform);
    }

    /** The data set that a model was trained on, if it is a published one. */
    private static Optional<Published> expected(Optional<Path> named, SavedModel model) {
        Optional<Published> expected = Published.of(model.info().dataset());
        if (expected.isEmpty() && named.isEmpty()) {
            throw new InputException(
                    model.info().dataset().equals(ModelInfo.UNKNOWN)
                            ? "the model does not say which images it was trained on; name images with --data"
                            : "the model was trained on images of your own ("
                                    + model.info().dataset() + "); name them with --data");
        }
        return expected;
    }

    private static ImageSource source(Optional<Path> named, Optional<Published> expected, DataLocator locator) {
        return named.map(place -> locator.images(place, expected))
                .orElseGet(() -> locator.images(expected.orElseThrow()));
    }

    private static void fitting(SavedModel model, Dataset images, ImageSource source) {
        if (!images.imageShape().equals(model.graph().inputShape())) {
            throw new InputException(source.describe() + ": images are " + images.imageShape()
                    + ", but the model takes " + model.graph().inputShape() + " (height, width, channels); "
                    + remedy(images.imageShape(), model.graph().inputShape()));
        }
        if (model.graph().hasClasses() && images.classes() > model.graph().classes()) {
            boolean fromOne = images.classes() == model.graph().classes() + 1
                    && IntStream.range(0, images.size()).allMatch(index -> images.label(index) > 0);
            throw new InputException(source.describe() + ": " + images.classes() + " classes, but the model has "
                    + model.graph().classes() + (fromOne ? "; labels begin with 1, take 1 from each" : ""));
        }
    }

    /** The options that make images of one shape those of another. */
    private static String remedy(Shape images, Shape wanted) {
        if (images.rank() != 3 || wanted.rank() != 3) {
            return "make them of that shape";
        }
        if (images.equals(Shape.of(wanted.extent(2), wanted.extent(0), wanted.extent(1)))) {
            return "they look like channels, height, width: store them as [N, H, W, C]";
        }
        List<String> options = new ArrayList<>();
        if (images.extent(0) != wanted.extent(0) || images.extent(1) != wanted.extent(1)) {
            options.add("--resize " + wanted.extent(0) + "x" + wanted.extent(1)
                    + " (or --resize N --crop M, as the network was trained)");
        }
        if (images.extent(2) != wanted.extent(2)) {
            if (!COLOURS.contains(wanted.extent(2)) || !COLOURS.contains(images.extent(2))) {
                return "make them of that shape";
            }
            options.add(wanted.extent(2) == 1 ? "--grey" : "--rgb");
        }
        return "give " + String.join(" and ", options);
    }
}
