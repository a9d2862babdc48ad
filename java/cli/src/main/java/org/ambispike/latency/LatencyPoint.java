package org.ambispike.latency;

/**
 * One network run in one way.
 *
 * @param network {@link #SNN} or {@link #ANN}
 * @param precision of its convolutions and matrix multiplication
 * @param timeSteps T, the most steps that an image may take; 1 for an ANN
 * @param exit the rule by which images leave early, for example {@code margin=0.5}; empty for none
 * @param batch images of one call
 * @param accuracy fraction of the test images whose largest logit is the label's; NaN without data
 * @param relativeError of all results against the ANN's, where there is no accuracy to measure; else NaN
 * @param meanTimeSteps that an image takes
 * @param milliseconds of a call
 * @param imagesPerSecond images of a round over the time of its calls
 */
public record LatencyPoint(
        String network,
        String precision,
        int timeSteps,
        String exit,
        int batch,
        double accuracy,
        double relativeError,
        double meanTimeSteps,
        CallTimes milliseconds,
        Interval imagesPerSecond,
        CallMemory memory,
        ImageWork image) {
    public static final String SNN = "snn";
    public static final String ANN = "ann";

    public boolean isAnn() {
        return network.equals(ANN);
    }

    /** Whether images may leave before T. */
    public boolean exits() {
        return !exit.isEmpty();
    }

    /** Whether two points measured the same thing, whatever came out. */
    public boolean sameCase(LatencyPoint other) {
        return network.equals(other.network)
                && timeSteps == other.timeSteps
                && exit.equals(other.exit)
                && batch == other.batch;
    }
}
