package org.ambispike.latency;

import java.nio.FloatBuffer;
import org.ambispike.backend.Backend;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.io.SavedModel;

/** An ANN through the executor that also runs spiking networks: it is the case of one step. */
final class AnnCallee implements Callee {
    private final Backend backend;
    private final ParameterStore store;
    private final Executor executor;
    private final int batch;
    private final float[] values;
    private final float[] logits;

    AnnCallee(SavedModel ann, LatencyPlan plan, int batch) {
        this.batch = batch;
        this.values = new float[Math.toIntExact(batch * ann.graph().inputShape().elements())];
        this.logits = new float[batch * ann.graph().classes()];
        this.backend = Device.choose(plan.device(), plan.precision()).open(plan.threads());
        ParameterStore made = null;
        try {
            made = ParameterStore.create(backend, ann.graph(), ann.weights(), false);
            this.executor = Executor.plan(backend, ann.graph(), made, ExecutionOptions.inference(batch, 1));
        } catch (RuntimeException e) {
            if (made != null) {
                made.close();
            }
            backend.close();
            throw e;
        }
        this.store = made;
    }

    @Override
    public void call(FloatBuffer images) {
        images.get(images.position(), values);
        executor.input(values, batch);
        executor.forward();
        backend.memory().download(executor.finalLogits(), logits, 0, logits.length);
    }

    @Override
    public long deviceBytes() {
        return backend.memory().liveBytes();
    }

    @Override
    public void close() {
        executor.close();
        store.close();
        backend.close();
    }
}
