package org.ambispike.train;

/**
 * One epoch of one stage.
 *
 * @param stage for example {@code train}, {@code penalty}, {@code clip}, {@code quantise}, {@code calibrate-T4}
 * @param epoch from 1
 * @param learningRate at the epoch's end
 * @param loss mean over the epoch
 * @param trainAccuracy fraction on the (augmented) training images of the epoch; NaN where a part of a network was trained
 * @param validationAccuracy fraction on the validation split; NaN where it was not measured
 * @param seconds wall time of the epoch
 * @param imagesPerSecond training throughput
 */
public record MetricRow(
        String stage,
        int epoch,
        double learningRate,
        double loss,
        double trainAccuracy,
        double validationAccuracy,
        double seconds,
        double imagesPerSecond) {}
