package org.ambispike;

import java.util.Arrays;

/** What a run says of its images. Immutable and thread-safe. */
public final class SpikingResult {
    private final int classes;
    private final float[] logits;
    private final int[] timeSteps;

    public SpikingResult(int classes, float[] logits, int[] timeSteps) {
        this.classes = classes;
        this.logits = logits;
        this.timeSteps = timeSteps;
    }

    /** The number of images. */
    public int images() {
        return timeSteps.length;
    }

    public int classes() {
        return classes;
    }

    /** A copy of all logits, [images, classes]: the mean drive of the last layer over the steps taken. */
    public float[] logits() {
        return logits.clone();
    }

    /** A copy of one image's logits, [classes]. */
    public float[] logits(int image) {
        int from = checked(image) * classes;
        return Arrays.copyOfRange(logits, from, from + classes);
    }

    /** The class of the largest logit, the first of equal ones. */
    public int predicted(int image) {
        int from = checked(image) * classes;
        int best = 0;
        for (int index = 1; index < classes; index++) {
            if (logits[from + index] > logits[from + best]) {
                best = index;
            }
        }
        return best;
    }

    /** The number of time steps T that an image took. */
    public int timeSteps(int image) {
        return timeSteps[checked(image)];
    }

    /** Mean over the images. */
    public double meanTimeSteps() {
        return Arrays.stream(timeSteps).average().orElseThrow();
    }

    private int checked(int image) {
        if (image < 0 || image >= images()) {
            throw new IndexOutOfBoundsException("image " + image + " of " + images());
        }
        return image;
    }
}
