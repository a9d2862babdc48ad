package org.ambispike.common;

/**
 * Over which values the mean and deviation of the variance penalty (eq. 23) are taken.
 *
 * @param byChannel one group a channel, else one a layer
 * @param byPolarity positive and negative activations are groups of their own
 */
public record PenaltyGrouping(boolean byChannel, boolean byPolarity) {}
