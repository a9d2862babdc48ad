package org.ambispike.result;

/**
 * Counts of activations in equal bins.
 *
 * @param low lower edge of the first bin
 * @param high upper edge of the last bin
 * @param counts by bin; values outside count in the outermost bins
 */
public record Histogram(double low, double high, long[] counts) {}
