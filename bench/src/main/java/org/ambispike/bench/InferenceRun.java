package org.ambispike.bench;

import org.ambispike.backend.Backend;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;

/** The spiking network on one batch, from images in Java memory to logits in Java memory. */
final class InferenceRun implements AutoCloseable {
    private final Backend backend;
    private final ParameterStore store;
    private final Executor executor;
    private final Batches batches;
    private final Batch batch;
    private final float[] logits;

    InferenceRun(Backend backend, Workload workload) {
        this(backend, workload, Workload.INFERENCE_BATCH, Workload.INFERENCE_STEPS);
    }

    /** @param size images at once */
    InferenceRun(Backend backend, Workload workload, int size, int timeSteps) {
        this.backend = backend;
        this.store = ParameterStore.create(
                backend, workload.spiking().graph(), workload.spiking().weights(), false);
        this.executor =
                Executor.plan(backend, workload.spiking().graph(), store, ExecutionOptions.inference(size, timeSteps));
        this.batches = Batches.open(workload.images(), BatchOptions.inOrder(size));
        batches.start(0);
        batches.advance();
        this.batch = batches.current();
        this.logits = new float[size * workload.spiking().graph().classes()];
    }

    void run() {
        executor.input(batch.images(), batch.count());
        executor.forward();
        backend.memory().download(executor.finalLogits(), logits, 0, logits.length);
    }

    @Override
    public void close() {
        batches.close();
        executor.close();
        store.close();
    }
}
