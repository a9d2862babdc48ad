package org.ambispike;

import java.util.Optional;
import org.ambispike.train.Fit;
import org.ambispike.train.VariancePenalty;

/**
 * How an ANN is trained on labels. A value.
 *
 * @param stage its name in progress, metrics and checkpoints
 * @param fit how it goes through the images
 * @param smoothing of labels, in [0, 1)
 * @param penalty of the activations' variance; empty for none
 */
public record Training(String stage, Fit fit, double smoothing, Optional<VariancePenalty> penalty) {
    /** Without a penalty. */
    public Training(String stage, Fit fit, double smoothing) {
        this(stage, fit, smoothing, Optional.empty());
    }
}
