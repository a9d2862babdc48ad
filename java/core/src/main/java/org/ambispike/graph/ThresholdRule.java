package org.ambispike.graph;

/** Where the negative threshold of a converted layer comes from; magnitudes, in the units of the activation. */
public enum ThresholdRule {
    /** thetaN as trained. */
    TRAINED,
    /** Imbalanced threshold (eq. 18): N = P / alpha, so that thetaN = thetaP and beta = 1. */
    IMBALANCED,
    /** N = P, so that thetaN = alpha thetaP. */
    SYMMETRIC;

    /** The negative clipping threshold under this rule, given the trained pair. */
    public float thetaNegative(float thetaPositive, float thetaNegative, double alpha) {
        return switch (this) {
            case TRAINED -> thetaNegative;
            case IMBALANCED -> thetaPositive;
            case SYMMETRIC -> (float) (alpha * thetaPositive);
        };
    }
}
