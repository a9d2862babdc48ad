package org.ambispike.train;

import org.ambispike.data.Augmentation;

/**
 * One stage of training.
 *
 * @param stage name in metrics and messages
 * @param epochs at least 1
 * @param stepsPerEpoch after how many steps an epoch ends; 0 for a pass over all images
 * @param batch images a step
 * @param seed of shuffling, augmentation and dropout
 * @param averageDecay of the moving average of the weights, which is what the stage results in; 0 for none
 */
public record StageSettings(
        String stage,
        int epochs,
        int stepsPerEpoch,
        int batch,
        long seed,
        Schedule schedule,
        OptimizerSettings optimizer,
        double averageDecay,
        Augmentation augmentation) {
    /** The same under another name. */
    public StageSettings named(String other) {
        return new StageSettings(
                other, epochs, stepsPerEpoch, batch, seed, schedule, optimizer, averageDecay, augmentation);
    }

    public StageSettings with(OptimizerSettings other) {
        return new StageSettings(
                stage, epochs, stepsPerEpoch, batch, seed, schedule, other, averageDecay, augmentation);
    }

    public StageSettings {
        if (epochs < 1 || batch < 1 || stepsPerEpoch < 0) {
            throw new IllegalArgumentException(
                    "stage " + stage + " needs at least one epoch and a batch of one, got " + epochs + " and " + batch);
        }
    }
}
