package org.ambispike.backend;

/**
 * What the loss on logits reads and writes.
 *
 * @param logits [rows, classes]
 * @param labels [rows] 32-bit integers; optional
 * @param teacher [rows, classes]; optional
 * @param factor [1] double on both weights; optional
 * @param gradient [rows, classes], overwritten; optional
 * @param result [3] doubles: mean cross-entropy, mean KL, number of correct rows
 */
public record SoftmaxBuffers(
        DeviceBuffer logits,
        DeviceBuffer labels,
        DeviceBuffer teacher,
        DeviceBuffer factor,
        DeviceBuffer gradient,
        DeviceBuffer result) {}
