package org.ambispike.run;

import org.ambispike.backend.Backend;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * What one pass left of one batch: logits after every step, and spikes and rates where the pass was planned for them.
 * Holds until the next batch. For one thread.
 */
public final class PassResult implements AutoCloseable {
    private final Backend backend;
    private final Executor executor;
    private final Graph graph;
    private final float[] logits;
    private float[] images = {};
    private int[] labels = {};
    private int count;

    PassResult(Backend backend, Graph graph, ParameterStore store, PassPlan plan) {
        this.backend = backend;
        this.graph = graph;
        ExecutionOptions options = ExecutionOptions.inference(plan.batch(), plan.timeSteps());
        options = plan.counts() ? options.withCounts() : options;
        options = plan.rates() ? options.withRates() : options;
        this.executor = Executor.plan(backend, graph, store, options);
        this.logits = new float[plan.batch() * plan.timeSteps() * graph.classes()];
    }

    /**
     * Runs images through all steps.
     *
     * @param values [count, H, W, C], normalised
     * @param classes [count] labels; empty where there are none
     */
    void compute(float[] values, int[] classes, int images) {
        this.images = values;
        this.labels = classes;
        this.count = images;
        executor.input(values, images);
        executor.forward();
        backend.memory().download(executor.logits(), logits, 0, logits.length);
        for (int image = 0; image < images; image++) {
            FiniteAnswers.require(executor, timeSteps(), values, image, logits, offset(timeSteps(), image));
        }
    }

    /** The number of images. */
    public int count() {
        return count;
    }

    /** Whether the batch is full; only then {@link #counts} are of its images alone. */
    public boolean isFull() {
        return count == capacity();
    }

    /** The number of images that a full batch has. */
    public int capacity() {
        return executor.options().batch();
    }

    public int timeSteps() {
        return executor.options().timeSteps();
    }

    public Graph graph() {
        return graph;
    }

    /** Normalised, [count, H, W, C] and what lies behind; not to be written. */
    public float[] images() {
        return images;
    }

    /** Running logits, [T, capacity, classes]; not to be written. */
    public float[] logits() {
        return logits;
    }

    /** Where an image's logits after 1 &lt;= t &lt;= T steps begin in {@link #logits}. */
    public int offset(int t, int image) {
        return ((t - 1) * capacity() + image) * graph.classes();
    }

    /** Whether the largest logit after t steps, the first of equal ones, is that of the image's class. */
    public boolean isCorrect(int t, int image) {
        return LogitsBuffer.largest(logits, offset(t, image), graph.classes()) == labels[image];
    }

    /**
     * Reads the spikes of a layer over the whole batch.
     *
     * @param target takes [T, 2]: positive and negative spikes of each step
     */
    public void counts(Node neuron, long[] target) {
        backend.memory().download(executor.counts(neuron.name()), target);
    }

    /** Reads the rates of a layer, or an ANN's activations, [count, H, W, C]. */
    public float[] rates(Node neuron) {
        float[] values = new float[Math.toIntExact(graph.shape(neuron.name()).elements() * count)];
        backend.memory().download(executor.rate(neuron.name()), values, 0, values.length);
        return values;
    }

    @Override
    public void close() {
        executor.close();
    }
}
