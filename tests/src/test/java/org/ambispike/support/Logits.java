package org.ambispike.support;

import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/** What networks answer. */
public final class Logits {
    private Logits() {}

    /**
     * The logits after all steps.
     *
     * @param images [count, H, W, C]
     * @return [count, classes]
     */
    public static float[] of(Graph graph, Weights weights, float[] images, int timeSteps) {
        int count = images.length / Math.toIntExact(graph.inputShape().elements());
        float[] logits = new float[count * graph.classes()];
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor =
                        Executor.plan(backend, graph, store, ExecutionOptions.inference(count, timeSteps))) {
            executor.input(images, count);
            executor.forward();
            backend.download(executor.finalLogits(), logits, 0, logits.length);
        }
        return logits;
    }
}
