package org.ambispike.latency;

/**
 * How long calls took, from images in the caller's memory to logits there; percentiles are of all calls of all rounds, by
 * nearest rank, so that with fewer than 100 calls p99 is the slowest one.
 *
 * @param calls that were timed, warm-up left out
 * @param p50 median of the rounds' medians, milliseconds
 * @param p95 milliseconds
 * @param p99 milliseconds
 * @param mean milliseconds
 */
public record CallTimes(long calls, Interval p50, double p95, double p99, double mean) {}
