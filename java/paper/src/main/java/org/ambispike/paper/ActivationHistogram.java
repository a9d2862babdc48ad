package org.ambispike.paper;

import org.ambispike.run.Histogram;

/**
 * Activations of one layer before and after threshold optimisation (the paper's Fig. 1), and the thresholds.
 *
 * @param layer name of the node
 * @param before activations of the trained ANN
 * @param beforeThetaPositive largest activation before, the threshold without optimisation
 * @param beforeThetaNegative magnitude of the smallest activation before
 * @param after activations of the ANN that was converted
 * @param afterThetaPositive trained threshold
 * @param afterThetaNegative trained threshold, a magnitude
 */
public record ActivationHistogram(
        String layer,
        Histogram before,
        double beforeThetaPositive,
        double beforeThetaNegative,
        Histogram after,
        double afterThetaPositive,
        double afterThetaNegative) {}
