package org.ambispike.train;

import java.util.Optional;
import org.ambispike.common.RateLoss;
import org.ambispike.common.Require;

/**
 * What a student is drawn to.
 *
 * @param rates comparison of each layer's firing rates with the teacher's activations; empty for the logits alone
 * @param rateWeight of all layers' comparisons, beside the logits' terms
 * @param teacherWeight of the KL divergence from the teacher's logits; results that are no classes are compared by their
 *     squared relative error in place of both terms of logits
 * @param temperature of that KL
 * @param labelWeight of the cross-entropy with the labels, in the last layer's loss
 * @param smoothing label smoothing
 */
public record CalibrationLoss(
        Optional<RateLoss> rates,
        double rateWeight,
        double teacherWeight,
        double temperature,
        double labelWeight,
        double smoothing) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public CalibrationLoss {
        Require.atLeast("rateWeight", rateWeight, 0);
        Require.atLeast("teacherWeight", teacherWeight, 0);
        Require.above("temperature", temperature, 0);
        Require.atLeast("labelWeight", labelWeight, 0);
        Require.shareBelowOne("smoothing", smoothing);
    }

    /** Returns the same for images without labels: the teacher alone counts. */
    public CalibrationLoss withoutLabels() {
        return new CalibrationLoss(rates, rateWeight, teacherWeight > 0 ? teacherWeight : 1, temperature, 0, 0);
    }

    public CalibrationLoss withRates(Optional<RateLoss> other) {
        return new CalibrationLoss(other, rateWeight, teacherWeight, temperature, labelWeight, smoothing);
    }
}
