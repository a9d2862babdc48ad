package org.ambispike.run;

/** Holds the logits of a run and the time steps that each image took; made once, so that runs allocate nothing. */
public final class LogitsBuffer {
    private final int classes;
    private final float[] logits;
    private final int[] timeSteps;

    public LogitsBuffer(int images, int classes) {
        this.classes = classes;
        this.logits = new float[Math.multiplyExact(images, classes)];
        this.timeSteps = new int[images];
    }

    /** Returns which of some logits is the largest, the first of equal ones, counted from the first of them. */
    public static int largest(float[] logits, int from, int classes) {
        int best = 0;
        for (int index = 1; index < classes; index++) {
            best = logits[from + index] > logits[from + best] ? index : best;
        }
        return best;
    }

    /** [images, classes]; the array itself. */
    public float[] logits() {
        return logits;
    }

    /** [images]; the array itself. */
    public int[] timeSteps() {
        return timeSteps;
    }

    /** Copies one image's logits from the row of an array [rows, classes]. */
    void put(int image, float[] source, int row, int t) {
        System.arraycopy(source, row * classes, logits, image * classes, classes);
        timeSteps[image] = t;
    }
}
