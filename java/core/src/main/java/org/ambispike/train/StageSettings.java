package org.ambispike.train;

/**
 * One stage of training.
 *
 * @param stage name in metrics and messages
 * @param seed of shuffling, augmentation and dropout
 * @param fit how it goes through the images
 */
public record StageSettings(String stage, long seed, Fit fit) {
    /** Returns the same under another name. */
    public StageSettings named(String other) {
        return new StageSettings(other, seed, fit);
    }
}
