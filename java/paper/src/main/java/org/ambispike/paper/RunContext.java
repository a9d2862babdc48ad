package org.ambispike.paper;

import org.ambispike.backend.Backend;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Dataset;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;

/**
 * Where a run trains and measures.
 *
 * @param training device, images to train on, seed, and who listens
 * @param test images, never looked at before the end
 */
public record RunContext(TrainingContext training, Dataset test) {
    Backend backend() {
        return Backend.of(training.device());
    }

    public ProgressListener listener() {
        return training.listener();
    }

    long seed() {
        return training.seed();
    }

    /** Returns the same with the first images of each kind, at most so many to train on and to measure on. */
    RunContext first(int trainingImages, int testImages) {
        TrainingImages images = training.images();
        return new RunContext(
                training.withImages(new TrainingImages(
                        first(images.training(), trainingImages), first(images.validation(), testImages))),
                first(test, testImages));
    }

    private static Dataset first(Dataset images, int count) {
        return count < images.size() ? images.slice(0, count) : images;
    }
}
