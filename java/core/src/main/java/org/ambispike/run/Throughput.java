package org.ambispike.run;

import java.util.Arrays;
import org.ambispike.backend.Backend;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/** Inference speed of a network for exactly T steps. */
public final class Throughput {
    private static final int REPEATS = 5;

    private Throughput() {}

    /**
     * Images a second, from the median of five passes over one batch after one warm-up, transfers included.
     *
     * @param batch images at once
     * @param timeSteps T
     */
    public static double measure(
            Backend backend, Graph graph, Weights weights, Dataset images, int batch, int timeSteps) {
        double[] seconds = new double[REPEATS];
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(backend, graph, store, ExecutionOptions.inference(batch, timeSteps));
                Batches batches = Batches.open(images, BatchOptions.inOrder(batch))) {
            float[] logits = new float[batch * graph.classes()];
            batches.start(0);
            batches.advance();
            for (int repeat = -1; repeat < REPEATS; repeat++) {
                long started = System.nanoTime();
                executor.input(batches.current().images(), batches.current().count());
                executor.forward();
                backend.memory().download(executor.finalLogits(), logits, 0, logits.length);
                if (repeat >= 0) {
                    seconds[repeat] = (System.nanoTime() - started) / 1e9;
                }
            }
        }
        Arrays.sort(seconds);
        return batch / seconds[REPEATS / 2];
    }
}
