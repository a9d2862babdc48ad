package org.ambispike;

import org.ambispike.common.Require;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;

/**
 * Quantisation-aware training: on with activations quantised to the levels that spikes can express. A value.
 *
 * @param fit how it goes through the images
 * @param levels steps between 0 and a threshold, at least 1
 * @param target what is learnt from the teacher
 * @param dither by how many levels noise moves an activation at most before it is quantised, so that the network learns to
 *     bear spikes that come unevenly; 0 for none
 */
public record Quantisation(Fit fit, int levels, CalibrationTarget target, double dither) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public Quantisation {
        Require.atLeast("levels", levels, 1);
        Require.atLeast("dither", dither, 0);
    }

    /** Returns the same with another way through the images. */
    public Quantisation with(Fit other) {
        return new Quantisation(other, levels, target, dither);
    }
}
