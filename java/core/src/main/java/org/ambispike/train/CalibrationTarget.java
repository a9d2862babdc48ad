package org.ambispike.train;

/**
 * What a student learns from its teacher (eq. 25-33).
 *
 * @param loss of rates and logits
 * @param weighting of the layers' losses
 * @param kappa steepness of the surrogate gradient
 */
public record CalibrationTarget(CalibrationLoss loss, LayerWeighting weighting, KappaSchedule kappa) {
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
