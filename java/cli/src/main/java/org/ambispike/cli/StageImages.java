package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ambispike.common.InputException;
import org.ambispike.data.DataLocator;
import org.ambispike.data.DataPlaces;
import org.ambispike.data.Dataset;
import org.ambispike.data.ImageSource;
import org.ambispike.data.Published;
import org.ambispike.data.Split;
import org.ambispike.graph.Normalisation;
import org.ambispike.io.SavedModel;
import org.ambispike.train.TrainingImages;

/**
 * The images that a stage works on.
 *
 * @param validation the last of the training images
 */
record StageImages(Dataset training, Dataset validation, Dataset test) {
    /** Of the training images, at most one in so many is held out for validation. */
    private static final int VALIDATION_SHARE = 10;

    /**
     * Those of a stage that begins with a model: images that fit its input, normalised as it wants them, by default of the
     * data set that it was trained on.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static StageImages of(Optional<Path> named, SavedModel model, Consumer<String> report) {
        ImageSource source = source(named, expected(named, model), new DataLocator(DataPlaces.ofProcess(), report));
        return read(source, model.info().classNames(), training -> fitting(model, training, source)
                .info()
                .normalisation());
    }

    /**
     * Those of a stage that begins with nothing else; the normalisation of images that are not published is measured.
     *
     * @param usual the data set to take where no folder is named
     * @throws InputException if there are none
     */
    static StageImages of(Optional<Path> named, Published usual, Consumer<String> report) {
        ImageSource source = source(named, Optional.of(usual), new DataLocator(DataPlaces.ofProcess(), report));
        return read(
                source,
                List.of(),
                training -> Published.of(training.name()).isPresent()
                        ? training.normalisation()
                        : training.measuredNormalisation());
    }

    private static StageImages read(
            ImageSource source, List<String> classes, Function<Dataset, Normalisation> normalisations) {
        Dataset training = source.load(Split.TRAIN, classes);
        Dataset test = source.load(Split.TEST, classes);
        Normalisation normalisation = normalisations.apply(training);
        if (!test.imageShape().equals(training.imageShape())) {
            throw new InputException(source.describe() + ": test images are " + test.imageShape() + ", training images "
                    + training.imageShape());
        }
        int held = Math.min(TrainingImages.VALIDATION_IMAGES, training.size() / VALIDATION_SHARE);
        if (held < 1) {
            throw new InputException(source.describe() + ": " + training.size() + " training images, expected at least "
                    + VALIDATION_SHARE + ", of which one in " + VALIDATION_SHARE + " is held out for validation");
        }
        Dataset whole = training.with(normalisation);
        int kept = whole.size() - held;
        return new StageImages(whole.slice(0, kept), whole.slice(kept, whole.size()), test.with(normalisation));
    }

    /**
     * The test images alone, as examples; nothing is fetched for them.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static Dataset samples(Optional<Path> named, SavedModel model) {
        DataPlaces here = DataPlaces.ofProcess();
        DataPlaces places = new DataPlaces(here.environment(), here.home(), here.systemData(), Optional.empty());
        return tests(named, model, new DataLocator(places, line -> {}));
    }

    /**
     * The test images alone, normalised as the model wants them.
     *
     * @throws InputException if there are none, or they do not fit
     */
    static Dataset test(Optional<Path> named, SavedModel model, Consumer<String> report) {
        return tests(named, model, new DataLocator(DataPlaces.ofProcess(), report))
                .with(model.info().normalisation());
    }

    private static Dataset tests(Optional<Path> named, SavedModel model, DataLocator locator) {
        ImageSource source = source(named, expected(named, model), locator);
        Dataset images = source.load(Split.TEST, model.info().classNames());
        fitting(model, images, source);
        return images;
    }

    /** The data set that a model was trained on, if it is a published one. */
    private static Optional<Published> expected(Optional<Path> named, SavedModel model) {
        Optional<Published> expected = Published.of(model.info().dataset());
        if (expected.isEmpty() && named.isEmpty()) {
            throw new InputException("the model was trained on images of your own ("
                    + model.info().dataset() + "); name them with --data");
        }
        return expected;
    }

    private static ImageSource source(Optional<Path> named, Optional<Published> expected, DataLocator locator) {
        return named.map(place -> locator.images(place, expected))
                .orElseGet(() -> locator.images(expected.orElseThrow()));
    }

    private static SavedModel fitting(SavedModel model, Dataset images, ImageSource source) {
        if (!images.imageShape().equals(model.graph().inputShape())) {
            throw new InputException(source.describe() + ": images are " + images.imageShape()
                    + ", but the model takes " + model.graph().inputShape()
                    + " (height, width, channels); images are not scaled, make them of that size");
        }
        if (images.classes() > model.graph().classes()) {
            throw new InputException(source.describe() + ": " + images.classes() + " classes, but the model has "
                    + model.graph().classes());
        }
        return model;
    }
}
