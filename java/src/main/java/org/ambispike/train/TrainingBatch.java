package org.ambispike.train;

import org.ambispike.backend.DeviceBuffer;

/**
 * The images of one step.
 *
 * @param images [count, H, W, C], on the host
 * @param labels [count] 32-bit integers on the device
 * @param count images
 * @param progress of the stage, in [0, 1)
 * @param epoch from 1
 */
public record TrainingBatch(float[] images, DeviceBuffer labels, int count, double progress, int epoch) {}
