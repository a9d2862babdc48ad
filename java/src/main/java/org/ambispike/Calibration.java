package org.ambispike;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ambispike.backend.Backend;
import org.ambispike.calibrate.TeacherNetwork;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.io.SavedModel;
import org.ambispike.model.Net4;
import org.ambispike.progress.Cancellation;
import org.ambispike.progress.ProgressListener;
import org.ambispike.recipe.Profile;
import org.ambispike.recipe.Recipe;
import org.ambispike.recipe.Recipes;
import org.ambispike.recipe.RunContext;
import org.ambispike.recipe.Stages;

/**
 * Calibrates all layers of a spiking network jointly through time, with its ANN as teacher, as {@code ambispike calibrate}
 * does. A builder for one thread; equal settings, images and CPU threads give equal bytes.
 */
public final class Calibration {
    /** One in so many images is held out, where nobody says which. */
    private static final int HELD_OUT = 20;

    private final SavedModel snn;
    private final SavedModel teacher;
    private List<Integer> timeSteps = List.of(4);
    private Recipe recipe = plain();
    private long seed = 1;
    private Optional<Dataset> validation = Optional.empty();
    private ProgressListener listener = ProgressListener.silent();
    private Cancellation cancellation = new Cancellation();

    private Calibration(SavedModel snn, SavedModel teacher) {
        this.snn = snn;
        this.teacher = teacher;
    }

    private static Recipe plain() {
        Recipe named = Recipes.plan(Net4.NAME, Recipes.AMBISPIKE, Profile.FULL).recipe();
        Recipe.Calibration calibration = named.calibration();
        return named.with(calibration.with(calibration.fit().with(Augmentation.none())));
    }

    /**
     * For four time steps, with the settings of the ambispike recipe, full profile, on images as they are.
     *
     * @param teacher the ANN to imitate, with neuron layers of the same names
     * @throws IllegalArgumentException if the teacher is not the ANN of such a network
     */
    public static Calibration of(SpikingModel snn, SavedModel teacher) {
        new TeacherNetwork(teacher.graph(), teacher.weights())
                .mismatch(snn.saved().graph())
                .ifPresent(problem -> {
                    throw new IllegalArgumentException("the teacher " + problem);
                });
        return new Calibration(snn.saved(), teacher);
    }

    /** The numbers of time steps that the network is to be good at; they take turns. */
    public Calibration timeSteps(int... values) {
        List<Integer> sorted = Arrays.stream(values).sorted().distinct().boxed().toList();
        if (sorted.isEmpty() || sorted.get(0) < 1) {
            throw new IllegalArgumentException("calibration needs time steps of at least 1, got " + sorted);
        }
        this.timeSteps = sorted;
        return this;
    }

    /** Changes the recipe's settings: loss, weighting, learning rates, batch. */
    public Calibration recipe(UnaryOperator<Recipe.Calibration> change) {
        this.recipe = recipe.with(change.apply(recipe.calibration()));
        return this;
    }

    /** Epochs of at most 200 steps. */
    public Calibration epochs(int epochs) {
        return recipe(calibration -> calibration.with(calibration.fit().withEpochs(epochs)));
    }

    /** Images a step. */
    public Calibration batch(int images) {
        return recipe(calibration -> calibration.with(calibration.fit().withBatch(images)));
    }

    /** Shifts and flips of the images, where they keep their class. */
    public Calibration augmentation(Augmentation augmentation) {
        return recipe(calibration -> calibration.with(calibration.fit().with(augmentation)));
    }

    /** Of the order and augmentation of images. */
    public Calibration seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** Images to measure on after each epoch; else a twentieth of the training images, at most 5,000, is held out. */
    public Calibration validation(Dataset images) {
        this.validation = Optional.of(images);
        return this;
    }

    /** Someone to tell how it goes; called from the calibrating thread. */
    public Calibration listener(ProgressListener listener) {
        this.listener = listener;
        return this;
    }

    /** Something that may ask to stop between steps. */
    public Calibration cancellation(Cancellation cancellation) {
        this.cancellation = cancellation;
        return this;
    }

    /**
     * Calibrates, on the backend's thread.
     *
     * @param images to calibrate on, labelled; at least one batch beside what is held out
     * @throws IllegalArgumentException if the images do not fit the model, or are too few
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public SpikingModel run(Backend backend, Dataset images) {
        ImageFit.require(snn, images);
        ImageFit.require(teacher, images);
        int heldOut = validation.isPresent()
                ? 0
                : Math.min(RunContext.VALIDATION_IMAGES, Math.max(1, images.size() / HELD_OUT));
        int kept = images.size() - heldOut;
        int batch = recipe.calibration().fit().batch();
        if (kept < batch) {
            throw new IllegalArgumentException(images.name() + ": " + kept + " images beside the " + heldOut
                    + " held out are fewer than a batch of " + batch + "; take more images or Calibration.batch");
        }
        Dataset held = validation.orElseGet(() -> images.slice(kept, images.size()));
        ImageFit.require(snn, held);
        StageWork work = new StageWork(backend, images.slice(0, kept), held, seed, listener, cancellation);
        return SpikingModel.of(new Stages(work.context(), recipe).calibrate(snn, teacher, timeSteps));
    }
}
