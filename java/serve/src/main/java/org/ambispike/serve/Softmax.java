package org.ambispike.serve;

/** Probabilities of logits. */
final class Softmax {
    private Softmax() {}

    /** [classes], which add up to 1. */
    static float[] of(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        float[] probabilities = new float[logits.length];
        for (int index = 0; index < logits.length; index++) {
            probabilities[index] = (float) (Math.exp(logits[index] - largest) / sum);
        }
        return probabilities;
    }
}
