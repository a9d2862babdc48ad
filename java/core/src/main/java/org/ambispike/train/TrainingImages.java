package org.ambispike.train;

import org.ambispike.data.Dataset;

/**
 * The images of a training run.
 *
 * @param training to train and calibrate on
 * @param validation held out, to measure on after each epoch
 */
public record TrainingImages(Dataset training, Dataset validation) {
    /** The most images that {@link #heldOut} holds out. */
    public static final int VALIDATION_IMAGES = 5_000;
    /** One in so many images is held out, where nobody says which. */
    private static final int HELD_OUT = 20;

    /**
     * Holds out the last twentieth of the images for validation, at least one and at most 5,000.
     *
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public static TrainingImages heldOut(Dataset images) {
        int held = Math.min(VALIDATION_IMAGES, Math.max(1, images.size() / HELD_OUT));
        int kept = images.size() - held;
        if (kept < 1) {
            throw new IllegalArgumentException(images.name() + ": " + images.size()
                    + " images are too few to hold one out; take more, or name validation images");
        }
        return new TrainingImages(images.slice(0, kept), images.slice(kept, images.size()));
    }
}
