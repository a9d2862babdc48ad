package org.ambispike.run;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.exec.Executor;

/**
 * Runs batches of a caller's images through all steps. Batches of at least as many images as a backend can be split into are
 * split over its threads, 16 at a time for each; smaller ones have all threads in each layer. Runs of a size and T that came
 * before allocate nothing. Used by one thread at a time.
 */
public final class BatchRuns implements AutoCloseable {
    private final NetworkRunner runner;
    private final BatchPlan plan;
    private final int classes;
    private final ExecutorCache executors;
    private final BackendParts.Work work = this::compute;
    private ExecutorCache[] ofParts = {};
    private int chunk;
    private float[] images = {};
    private float[] logits = {};
    private int timeSteps;

    BatchRuns(NetworkRunner runner, BatchPlan plan) {
        this.runner = runner;
        this.plan = plan;
        this.classes = runner.graph().classes();
        this.executors = runner.executors(runner.backend(), plan);
    }

    BatchPlan plan() {
        return plan;
    }

    NetworkRunner runner() {
        return runner;
    }

    /** Those that have all threads in each layer. */
    ExecutorCache executors() {
        return executors;
    }

    /**
     * Runs images through all steps.
     *
     * @param values [count, H, W, C], normalised
     * @param count at least 1, at most the plan's batch
     * @param steps T, at most the plan's largest
     * @param target takes [count, classes]
     */
    public void run(float[] values, int count, int steps, float[] target) {
        images = values;
        logits = target;
        timeSteps = steps;
        if (runner.splits() && count >= runner.backend().parts()) {
            split();
            runner.parts().run(work, count);
        } else {
            compute(runner.backend(), executors, 0, count);
        }
    }

    private void split() {
        if (ofParts.length == 0) {
            BackendParts parts = runner.parts();
            chunk = Math.min(Backend.PART_BATCH, (plan.batch() + parts.size() - 1) / parts.size());
            ofParts = IntStream.range(0, parts.size())
                    .mapToObj(part -> runner.executors(parts.backend(part), plan.withBatch(chunk)))
                    .toArray(ExecutorCache[]::new);
        }
    }

    private void compute(int part, int from, int count) {
        Backend backend = runner.parts().backend(part);
        for (int begin = from; begin < from + count; begin += chunk) {
            compute(backend, ofParts[part], begin, Math.min(chunk, from + count - begin));
        }
    }

    private void compute(Backend backend, ExecutorCache planned, int begin, int count) {
        Executor executor = planned.whole(count, timeSteps);
        executor.input(images, begin, count);
        executor.forward();
        backend.memory().download(executor.finalLogits(), logits, begin * classes, count * classes);
        for (int image = begin; image < begin + count; image++) {
            FiniteAnswers.require(executor, timeSteps, images, image, logits, image * classes);
        }
    }

    /** Makes a run that goes step by step. */
    public StreamRun stream(LogitsBuffer answers) {
        return new StreamRun(this, answers);
    }

    @Override
    public void close() {
        executors.close();
        Arrays.stream(ofParts).forEach(ExecutorCache::close);
    }
}
