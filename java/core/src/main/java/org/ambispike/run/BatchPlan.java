package org.ambispike.run;

/**
 * What batches of a caller's images are planned for.
 *
 * @param batch the most images at once
 * @param largestTimeSteps the largest T; 1 for an ANN
 * @param rates whether runs that stream record firing rates
 * @param trace whether runs that stream keep what each layer emitted in the last step
 */
public record BatchPlan(int batch, int largestTimeSteps, boolean rates, boolean trace) {
    /** Plans for logits alone. */
    public static BatchPlan logits(int batch, int largestTimeSteps) {
        return new BatchPlan(batch, largestTimeSteps, false, false);
    }

    BatchPlan withBatch(int other) {
        return new BatchPlan(other, largestTimeSteps, rates, trace);
    }
}
