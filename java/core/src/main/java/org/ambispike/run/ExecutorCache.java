package org.ambispike.run;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;

/**
 * Keeps executors, each planned when it is first needed: for batches of 1, 2, 4 and so on up to the
 * plan's, one for each T that takes all steps in one pass, and one that streams.
 */
final class ExecutorCache implements AutoCloseable {
    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final boolean rates;
    private final boolean trace;
    private final int[] sizes;
    private final Executor[][] whole;
    private final Executor[] streaming;

    /** @param store stays the caller's */
    ExecutorCache(Backend backend, Graph graph, ParameterStore store, BatchPlan plan) {
        this.backend = backend;
        this.graph = graph;
        this.store = store;
        this.rates = plan.rates();
        this.trace = plan.trace();
        this.sizes = IntStream.concat(
                        IntStream.iterate(1, size -> size < plan.batch(), size -> 2 * size), IntStream.of(plan.batch()))
                .toArray();
        this.whole = new Executor[sizes.length][plan.largestTimeSteps() + 1];
        this.streaming = new Executor[sizes.length];
    }

    /** The batch that so many images are run in. */
    int size(int images) {
        return sizes[index(images)];
    }

    private int index(int images) {
        int index = 0;
        while (sizes[index] < images) {
            index++;
        }
        return index;
    }

    /** For T steps in one pass. */
    Executor whole(int images, int timeSteps) {
        int index = index(images);
        if (whole[index][timeSteps] == null) {
            whole[index][timeSteps] = plan(ExecutionOptions.inference(sizes[index], timeSteps));
        }
        return whole[index][timeSteps];
    }

    /** For one step a pass. */
    Executor streaming(int images) {
        int index = index(images);
        if (streaming[index] == null) {
            ExecutionOptions options = ExecutionOptions.streaming(sizes[index]);
            ExecutionOptions observed = rates ? options.withRates().withCounts() : options;
            streaming[index] = plan(trace ? observed.withTrace() : observed);
        }
        return streaming[index];
    }

    private Executor plan(ExecutionOptions options) {
        return Executor.plan(backend, graph, store, options);
    }

    @Override
    public void close() {
        Arrays.stream(whole).flatMap(Arrays::stream).forEach(ExecutorCache::close);
        Arrays.stream(streaming).forEach(ExecutorCache::close);
    }

    private static void close(Executor executor) {
        if (executor != null) {
            executor.close();
        }
    }
}
