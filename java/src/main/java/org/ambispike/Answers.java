package org.ambispike;

import java.util.Arrays;

/** Where a session leaves the results of a run; made once, so that runs allocate nothing. */
final class Answers {
    private final int classes;
    private final float[] logits;
    private final int[] timeSteps;

    Answers(int images, int classes) {
        this.classes = classes;
        this.logits = new float[Math.multiplyExact(images, classes)];
        this.timeSteps = new int[images];
    }

    /** [images, classes]; the array itself. */
    float[] logits() {
        return logits;
    }

    /** [images]; the array itself. */
    int[] timeSteps() {
        return timeSteps;
    }

    /** One image's answer, from the row of an array [rows, classes]. */
    void put(int image, float[] source, int row, int t) {
        System.arraycopy(source, row * classes, logits, image * classes, classes);
        timeSteps[image] = t;
    }

    /** A copy for the caller. */
    SpikingResult result(int images) {
        return new SpikingResult(classes, Arrays.copyOf(logits, images * classes), Arrays.copyOf(timeSteps, images));
    }
}
