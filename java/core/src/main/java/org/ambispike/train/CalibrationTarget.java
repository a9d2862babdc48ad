package org.ambispike.train;

import java.util.Optional;
import org.ambispike.common.RateLoss;

/**
 * What a student learns from its teacher (eq. 25-33).
 *
 * @param loss of rates and logits
 * @param weighting of the layers' losses
 * @param kappa steepness of the surrogate gradient
 */
public record CalibrationTarget(CalibrationLoss loss, LayerWeighting weighting, KappaSchedule kappa) {
    /** Returns what does well on most networks: rates, the teacher's logits and labels, the paper's kappa. */
    public static CalibrationTarget defaults() {
        return new CalibrationTarget(
                new CalibrationLoss(Optional.of(RateLoss.MSE), 0.3, 3, 2, 0.5, 0),
                LayerWeighting.AVERAGE,
                KappaSchedule.PAPER);
    }

    public CalibrationTarget with(CalibrationLoss other) {
        return new CalibrationTarget(other, weighting, kappa);
    }

    public CalibrationTarget with(LayerWeighting other) {
        return new CalibrationTarget(loss, other, kappa);
    }

    public CalibrationTarget with(KappaSchedule other) {
        return new CalibrationTarget(loss, weighting, other);
    }
}
