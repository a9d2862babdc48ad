package org.ambispike.run;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;

/**
 * Passes of data sets through a network, planned once for any number of them. Observers look at each batch. Used by the
 * backend's thread.
 */
public final class DataPass implements AutoCloseable {
    private static final int MOST_LOADERS = 16;

    private final NetworkRunner runner;
    private final PassPlan plan;
    private final Cancellation cancellation;
    private final boolean split;
    /** One for each part; of a split pass each is made by the thread that it is for. */
    private final PassResult[] results;

    DataPass(NetworkRunner runner, PassPlan wanted, Cancellation cancellation) {
        PassPlan asked = wanted.fitting(runner.graph());
        this.runner = runner;
        this.cancellation = cancellation;
        this.split = asked.split() && runner.splits();
        if (split) {
            int parts = runner.parts().size();
            int share = Math.max(1, Math.min(Backend.PART_BATCH, asked.batch() / parts));
            this.plan = new PassPlan(share, asked.timeSteps(), true, asked.counts(), asked.rates());
            this.results = new PassResult[parts];
        } else {
            this.plan = asked;
            this.results = new PassResult[] {runner.plan(runner.backend(), plan)};
        }
    }

    /** Takes over parameters that are laid out as those of the network. */
    public void load(DeviceBuffer parameters) {
        runner.load(parameters);
    }

    /**
     * Runs all images through all steps.
     *
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public void run(Dataset images, PassObserver... observers) {
        int cores = Runtime.getRuntime().availableProcessors();
        int loaders = Math.max(1, Math.min(MOST_LOADERS, cores / 2) / results.length);
        if (!split) {
            run(results[0], images, loaders, observers);
            return;
        }
        int batch = plan.batch();
        int batches = (images.size() + batch - 1) / batch;
        runner.parts()
                .run(
                        (part, from, count) -> {
                            int to = Math.min(images.size(), (from + count) * batch);
                            run(result(part), images.slice(from * batch, to), loaders, observers);
                        },
                        batches);
    }

    private PassResult result(int part) {
        if (results[part] == null) {
            results[part] = runner.plan(runner.parts().backend(part), plan);
        }
        return results[part];
    }

    private void run(PassResult result, Dataset images, int loaders, PassObserver... observers) {
        try (Batches batches = Batches.open(images, BatchOptions.inOrder(plan.batch()), loaders)) {
            batches.start(0);
            while (batches.advance()) {
                cancellation.check();
                Batch batch = batches.current();
                result.compute(batch.images(), batch.labels(), batch.count());
                synchronized (this) {
                    for (PassObserver observer : observers) {
                        observer.batch(result);
                    }
                }
            }
        }
    }

    /**
     * Runs images that are in memory, of a pass that is not split; their labels are unknown.
     *
     * @param values [count, H, W, C], normalised
     * @param count at least 1, at most the plan's batch
     */
    public PassResult run(float[] values, int count) {
        results[0].compute(values, new int[0], count);
        return results[0];
    }

    /**
     * Measures accuracy after every step, and spikes where they are counted; others may look on.
     *
     * @throws org.ambispike.common.InputException if the images have no labels
     */
    public StepCurve curve(Dataset images, PassObserver... others) {
        ImageFit.requireLabels(images);
        return curve(images, new StepCounter(plan.timeSteps()), others);
    }

    /** Counts spikes alone, of a pass that counts them, as where classes are unknown; accuracy is NaN. */
    public StepCurve spikes(Dataset images, PassObserver... others) {
        return curve(images, new StepCounter(plan.timeSteps()).withoutLabels(), others);
    }

    private StepCurve curve(Dataset images, StepCounter counter, PassObserver... others) {
        PassObserver[] observers = new PassObserver[others.length + 1];
        observers[0] = plan.counts() ? counter.withSpikes() : counter;
        System.arraycopy(others, 0, observers, 1, others.length);
        long started = System.nanoTime();
        run(images, observers);
        return counter.curve((System.nanoTime() - started) / 1e9);
    }

    @Override
    public void close() {
        for (PassResult result : results) {
            if (result != null) {
                result.close();
            }
        }
    }
}
