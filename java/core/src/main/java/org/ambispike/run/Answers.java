package org.ambispike.run;

import java.util.Arrays;
import org.ambispike.SpikingResult;

/** Where a session leaves the results of a run; made once, so that runs allocate nothing. */
public final class Answers {
    private final int classes;
    private final float[] logits;
    private final int[] timeSteps;

    public Answers(int images, int classes) {
        this.classes = classes;
        this.logits = new float[Math.multiplyExact(images, classes)];
        this.timeSteps = new int[images];
    }

    /** [images, classes]; the array itself. */
    public float[] logits() {
        return logits;
    }

    /** [images]; the array itself. */
    public int[] timeSteps() {
        return timeSteps;
    }

    /** One image's answer, from the row of an array [rows, classes]. */
    public void put(int image, float[] source, int row, int t) {
        System.arraycopy(source, row * classes, logits, image * classes, classes);
        timeSteps[image] = t;
    }

    /** A copy for the caller. */
    public SpikingResult result(int images) {
        return new SpikingResult(classes, Arrays.copyOf(logits, images * classes), Arrays.copyOf(timeSteps, images));
    }
}
