package org.ambispike.train;

import org.ambispike.common.PenaltyGrouping;

/**
 * The variance penalty (eq. 21-23, 31).
 *
 * @param grouping over which values a variance is taken
 * @param weight relative to the loss, 0.1 in the paper
 */
public record VariancePenalty(PenaltyGrouping grouping, double weight) {}
