package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;

/**
 * Measures a network on a data set; one pass of T steps yields the accuracy at every smaller number of steps. Used by
 * the backend's thread.
 */
public final class Evaluator implements AutoCloseable {
    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final Executor executor;
    private final Cancellation cancellation;
    private final float[] logits;

    /**
     * Plans the evaluation.
     *
     * @param batch images at once
     * @param timeSteps T; 1 for an ANN
     * @param counts whether to count spikes
     */
    public Evaluator(
            Backend backend,
            Graph graph,
            Weights weights,
            int batch,
            int timeSteps,
            boolean counts,
            Cancellation cancellation) {
        this.backend = backend;
        this.graph = graph;
        this.cancellation = cancellation;
        this.store = ParameterStore.create(backend, graph, weights, false);
        ExecutionOptions options = ExecutionOptions.inference(batch, timeSteps);
        try {
            this.executor = Executor.plan(backend, graph, store, counts ? options.withCounts() : options);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        this.logits = new float[batch * timeSteps * graph.classes()];
    }

    /** Takes over parameters that are laid out like this network's {@link ParameterStore}. */
    public void load(DeviceBuffer parameters) {
        backend.memory().copy(parameters, store.allValues());
        store.changed();
    }

    public void load(Weights weights) {
        store.load(weights);
    }

    public Executor executor() {
        return executor;
    }

    /** Runs all images through all steps. */
    public StepCurve evaluate(Dataset images) {
        return evaluate(images, LogitsObserver.none());
    }

    /** The same; the observer sees the logits of every batch. */
    public StepCurve evaluate(Dataset images, LogitsObserver observer) {
        int steps = executor.options().timeSteps();
        int batch = executor.options().batch();
        long[] correct = new long[steps];
        Map<String, long[][]> spikes = new LinkedHashMap<>();
        long[] counts = new long[2 * steps];
        int counted = 0;
        long started = System.nanoTime();
        try (Batches batches = Batches.open(images, BatchOptions.inOrder(batch))) {
            batches.start(0);
            while (batches.advance()) {
                cancellation.check();
                Batch current = batches.current();
                executor.input(current.images(), current.count());
                executor.forward();
                backend.memory().download(executor.logits(), logits, 0, logits.length);
                score(current, correct);
                observer.batch(logits, batch * graph.classes(), current);
                if (executor.options().counts() && current.count() == batch) {
                    addCounts(spikes, counts);
                    counted += batch;
                }
            }
        }
        double[] accuracy = new double[steps];
        for (int step = 0; step < steps; step++) {
            accuracy[step] = correct[step] / (double) images.size();
        }
        return new StepCurve(images.size(), counted, accuracy, spikes, (System.nanoTime() - started) / 1e9);
    }

    private void score(Batch batch, long[] correct) {
        int classes = graph.classes();
        int stride = executor.options().batch() * classes;
        for (int step = 0; step < correct.length; step++) {
            for (int image = 0; image < batch.count(); image++) {
                if (argMax(step * stride + image * classes, classes) == batch.labels()[image]) {
                    correct[step]++;
                }
            }
        }
    }

    private int argMax(int offset, int classes) {
        int best = 0;
        for (int index = 1; index < classes; index++) {
            if (logits[offset + index] > logits[offset + best]) {
                best = index;
            }
        }
        return best;
    }

    /** Counts are of the whole batch, so a last batch that is not full is left out of them. */
    private void addCounts(Map<String, long[][]> spikes, long[] counts) {
        for (Node neuron : graph.neurons()) {
            backend.memory().download(executor.counts(neuron.name()), counts);
            long[][] sums = spikes.computeIfAbsent(
                    neuron.name(), name -> new long[executor.options().timeSteps()][2]);
            for (int step = 0; step < sums.length; step++) {
                sums[step][0] += counts[2 * step];
                sums[step][1] += counts[2 * step + 1];
            }
        }
    }

    @Override
    public void close() {
        executor.close();
        store.close();
    }
}
