package org.ambispike;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;
import org.ambispike.run.LogitsBuffer;

/** What a run says of its images. Immutable and thread-safe. */
public final class SpikingResult {
    private static final String LOGITS = "logits";

    private final List<Graph.Output> outputs;
    private final boolean hasClasses;
    private final List<String> classNames;
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
        this(new Outputs(classOutputs(classes), true, List.of()), logits, timeSteps);
    }

    /**
     * Makes the result of a network whose classes have names. The arrays are shared, not copied.
     *
     * @param logits [images, classes]
     * @param timeSteps [images]
     */
    public SpikingResult(List<String> classNames, float[] logits, int[] timeSteps) {
        this(new Outputs(classOutputs(classNames.size()), true, List.copyOf(classNames)), logits, timeSteps);
    }

    /** What a network gives for an image. */
    private record Outputs(List<Graph.Output> outputs, boolean hasClasses, List<String> classNames) {}

    private SpikingResult(Outputs of, float[] logits, int[] timeSteps) {
        this.outputs = of.outputs();
        this.hasClasses = of.hasClasses();
        this.classNames = of.classNames();
        this.length = outputs.stream().mapToInt(Graph.Output::length).sum();
        this.logits = logits;
        this.timeSteps = timeSteps;
        if (logits.length != timeSteps.length * length) {
            throw new IllegalArgumentException(
                    logits.length + " logits for " + timeSteps.length + " images of " + length + " values");
        }
    }

    private static List<Graph.Output> classOutputs(int classes) {
        return List.of(new Graph.Output(LOGITS, Shape.of(classes), 0));
    }

    /** Takes the values of all results of a model, [images, values]. */
    static SpikingResult of(Model model, float[] values, int[] timeSteps) {
        return new SpikingResult(
                new Outputs(model.outputs(), model.hasClasses(), model.classNames()), values, timeSteps);
    }

    /** Takes some of the images, for whom they belong to. */
    SpikingResult part(int from, int count) {
        return new SpikingResult(
                new Outputs(outputs, hasClasses, classNames),
                Arrays.copyOfRange(logits, from * length, (from + count) * length),
                Arrays.copyOfRange(timeSteps, from, from + count));
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
        return LogitsBuffer.largest(logits, checked(image) * length, length);
    }

    /**
     * The name of the class of the largest logit; its number where the model has no names.
     *
     * @throws IllegalStateException if the network gives no classes
     */
    public String label(int image) {
        return name(predicted(image));
    }

    private String name(int index) {
        return classNames.isEmpty() ? Integer.toString(index) : classNames.get(index);
    }

    /**
     * The softmax of one image's logits, [classes].
     *
     * @throws IllegalStateException if the network gives no classes
     */
    public float[] probabilities(int image) {
        double largest = logits[checked(image) * length + predicted(image)];
        double[] weights = new double[length];
        double sum = 0;
        for (int index = 0; index < length; index++) {
            weights[index] = Math.exp(logits[image * length + index] - largest);
            sum += weights[index];
        }
        float[] probabilities = new float[length];
        for (int index = 0; index < length; index++) {
            probabilities[index] = (float) (weights[index] / sum);
        }
        return probabilities;
    }

    /**
     * The most probable classes of one image, from the most probable on; of equal ones the first comes first.
     *
     * @param k how many, at least 1; all classes where there are fewer
     * @throws IllegalStateException if the network gives no classes
     */
    public List<Prediction> topK(int image, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("at least one class is asked for, got " + k);
        }
        float[] probabilities = probabilities(image);
        int from = image * length;
        return IntStream.range(0, length)
                .boxed()
                .sorted(Comparator.comparing((Integer index) -> -logits[from + index]))
                .limit(k)
                .map(index -> new Prediction(index, name(index), probabilities[index]))
                .toList();
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
