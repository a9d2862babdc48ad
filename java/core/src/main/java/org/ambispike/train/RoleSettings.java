package org.ambispike.train;

import org.ambispike.common.Require;

/**
 * How parameters of one role are trained.
 *
 * @param learningRate peak
 * @param decay decoupled weight decay
 * @param l2 weight of an L2 term in the loss (eq. 24 for thresholds)
 * @param logSpace positive parameters, updated by factors: the learning rate is relative to their size
 */
public record RoleSettings(double learningRate, double decay, double l2, boolean logSpace) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public RoleSettings {
        Require.atLeast("learningRate", learningRate, 0);
        Require.atLeast("decay", decay, 0);
        Require.atLeast("l2", l2, 0);
    }

    public static RoleSettings plain(double learningRate, double decay) {
        return new RoleSettings(learningRate, decay, 0, false);
    }

    /** For thresholds. */
    public static RoleSettings relative(double learningRate, double l2) {
        return new RoleSettings(learningRate, 0, l2, true);
    }

    RoleSettings scaled(double factor) {
        return new RoleSettings(learningRate * factor, decay, l2, logSpace);
    }
}
