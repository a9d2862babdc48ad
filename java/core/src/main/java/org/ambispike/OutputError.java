package org.ambispike;

/**
 * How far a network's results are from their targets after T steps, over all images that were compared.
 *
 * @param output name of the result; {@code all} for all results of a network that gives several
 * @param timeSteps T; 1 for an ANN
 * @param relativeError norm of the difference over the norm of the targets
 * @param psnr peak signal-to-noise ratio in dB, 10 log10(range^2 / mean squared difference); infinite where nothing differs
 * @param range that the ratio is of: the one that was asked for, else the largest target less the smallest
 * @param agreement fraction of images whose largest class is the target's, or of places of a map whose channels are classes;
 *     NaN where the values are no classes
 */
public record OutputError(
        String output, int timeSteps, double relativeError, double psnr, double range, double agreement) {
    /** What all results together are called. */
    public static final String ALL = "all";
}
