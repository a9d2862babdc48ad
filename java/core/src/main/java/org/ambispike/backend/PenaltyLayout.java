package org.ambispike.backend;

import org.ambispike.common.PenaltyGrouping;

/**
 * A layer under the variance penalty (eq. 23).
 *
 * @param grouping over which values means and deviations are taken
 * @param rows images times height times width
 * @param channels innermost extent
 * @param epsilon added to the absolute mean, above 0
 */
public record PenaltyLayout(PenaltyGrouping grouping, long rows, int channels, double epsilon) {}
