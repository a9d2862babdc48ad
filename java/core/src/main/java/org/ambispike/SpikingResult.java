package org.ambispike;

import java.util.Arrays;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;

/** What a run says of its images. Immutable and thread-safe. */
public final class SpikingResult {
    private static final String LOGITS = "logits";

    private final List<Graph.Output> outputs;
    private final boolean hasClasses;
    private final int length;
    private final float[] logits;
    private final int[] timeSteps;

    /**
     * Makes the result of a network whose answer is a class. The arrays are shared, not copied.
     *
     * @param logits [images, classes]
     * @param timeSteps [images]
     */
    public SpikingResult(int classes, float[] logits, int[] timeSteps) {
        this(List.of(new Graph.Output(LOGITS, Shape.of(classes), 0)), true, logits, timeSteps);
    }

    private SpikingResult(List<Graph.Output> outputs, boolean hasClasses, float[] logits, int[] timeSteps) {
        this.outputs = outputs;
        this.hasClasses = hasClasses;
        this.length = outputs.stream().mapToInt(Graph.Output::length).sum();
        this.logits = logits;
        this.timeSteps = timeSteps;
    }

    /** Takes the values of all results of a model, [images, values]. */
    static SpikingResult of(Model model, float[] values, int[] timeSteps) {
        return new SpikingResult(model.outputs(), model.hasClasses(), values, timeSteps);
    }

    /** The number of images. */
    public int images() {
        return timeSteps.length;
    }

    /**
     * The number of classes.
     *
     * @throws IllegalStateException if the network gives none
     */
    public int classes() {
        requireClasses("number of classes");
        return length;
    }

    /**
     * A copy of all logits, [images, classes]: the mean drive of the last layer over the steps taken. Of a network without
     * classes, the values of all results one after another, [images, values].
     */
    public float[] logits() {
        return logits.clone();
    }

    /** A copy of one image's logits, [classes], or values. */
    public float[] logits(int image) {
        int from = checked(image) * length;
        return Arrays.copyOfRange(logits, from, from + length);
    }

    /** Returns every result for an image, in order; their values are views without a copy. */
    public List<OutputValues> outputs(int image) {
        int from = checked(image) * length;
        return outputs.stream()
                .map(output -> OutputValues.of(output, logits, from))
                .toList();
    }

    /**
     * Returns one result for an image; its values are a view without a copy.
     *
     * @param name one of {@link Model#outputs}
     * @throws IllegalArgumentException naming those that there are, if none has the name
     */
    public OutputValues output(int image, String name) {
        return OutputValues.of(OutputValues.named(outputs, name), logits, checked(image) * length);
    }

    /**
     * The class of the largest logit, the first of equal ones.
     *
     * @throws IllegalStateException if the network gives no classes
     */
    public int predicted(int image) {
        requireClasses("class");
        int from = checked(image) * length;
        int best = 0;
        for (int index = 1; index < length; index++) {
            if (logits[from + index] > logits[from + best]) {
                best = index;
            }
        }
        return best;
    }

    private void requireClasses(String wanted) {
        if (!hasClasses) {
            throw new IllegalStateException("there is no " + wanted + ", for the network gives " + outputs
                    + "; read them with output(image, name)");
        }
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
