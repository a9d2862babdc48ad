package org.ambispike.backend;

/**
 * A planned batch normalisation.
 *
 * @param rows images times height times width, at least 1
 * @param channels innermost extent
 * @param epsilon added to the variance, above 0
 * @param momentum share of a batch's statistics in the running ones, in [0, 1]
 */
public record BatchNormLayout(long rows, int channels, double epsilon, double momentum) {}
