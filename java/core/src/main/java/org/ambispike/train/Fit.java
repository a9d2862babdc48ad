package org.ambispike.train;

import org.ambispike.common.Require;
import org.ambispike.data.Augmentation;

/**
 * How a stage of training goes through the images.
 *
 * @param epochs at least 1
 * @param stepsPerEpoch after how many steps an epoch ends; 0 for a pass over all images
 * @param batch images a step, at least 1
 * @param optimizer and what it trains
 * @param schedule of the learning rate
 * @param averageDecay of the moving average of the parameters, which is what the stage results in; 0 for none
 * @param augmentation of the images
 */
public record Fit(
        int epochs,
        int stepsPerEpoch,
        int batch,
        OptimizerSettings optimizer,
        Schedule schedule,
        double averageDecay,
        Augmentation augmentation) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public Fit {
        Require.atLeast("epochs", epochs, 1);
        Require.atLeast("stepsPerEpoch", stepsPerEpoch, 0);
        Require.atLeast("batch", batch, 1);
        Require.shareBelowOne("averageDecay", averageDecay);
    }

    /** Returns 5 epochs of 200 steps of 128 images as they are, with AdamW, a cosine of the learning rate and an average. */
    public static Fit defaults() {
        return new Fit(5, 200, 128, OptimizerSettings.calibrating(1e-3), Schedule.COSINE, 0.99, Augmentation.none());
    }

    public Fit withEpochs(int other) {
        return new Fit(other, stepsPerEpoch, batch, optimizer, schedule, averageDecay, augmentation);
    }

    public Fit withStepsPerEpoch(int other) {
        return new Fit(epochs, other, batch, optimizer, schedule, averageDecay, augmentation);
    }

    public Fit withBatch(int other) {
        return new Fit(epochs, stepsPerEpoch, other, optimizer, schedule, averageDecay, augmentation);
    }

    public Fit with(OptimizerSettings other) {
        return new Fit(epochs, stepsPerEpoch, batch, other, schedule, averageDecay, augmentation);
    }

    public Fit with(Schedule other) {
        return new Fit(epochs, stepsPerEpoch, batch, optimizer, other, averageDecay, augmentation);
    }

    public Fit withAverageDecay(double other) {
        return new Fit(epochs, stepsPerEpoch, batch, optimizer, schedule, other, augmentation);
    }

    public Fit with(Augmentation other) {
        return new Fit(epochs, stepsPerEpoch, batch, optimizer, schedule, averageDecay, other);
    }

    /** Returns the settings of a stage that goes through the images so. */
    public StageSettings stage(String name, long seed) {
        return new StageSettings(name, seed, this);
    }
}
