package org.ambispike.backend;

/**
 * Weights of the losses on logits.
 *
 * @param labelWeight of the cross-entropy with the labels
 * @param smoothing label smoothing in [0, 1)
 * @param teacherWeight of the KL divergence from the teacher's logits
 * @param temperature of both softmaxes in the KL term, which is scaled by its square
 */
public record SoftmaxLoss(double labelWeight, double smoothing, double teacherWeight, double temperature) {
    /** Only what the labels say. */
    public static SoftmaxLoss labels(double smoothing) {
        return new SoftmaxLoss(1, smoothing, 0, 1);
    }
}
