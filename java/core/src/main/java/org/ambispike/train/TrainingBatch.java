package org.ambispike.train;

/**
 * The images of one step, on the host.
 *
 * @param images [count, H, W, C]
 * @param count images, a whole batch
 * @param progress of the stage, in [0, 1)
 */
public record TrainingBatch(float[] images, int count, double progress) {}
