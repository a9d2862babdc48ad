package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/** Batch normalisation: by the batch's statistics where planned for training, by the running ones else. */
final class BatchNormStep extends Step {
    private final Backend backend;
    private final BatchNormLayout layout;
    private final BatchNormParameters parameters;
    private final BatchNormParameters gradients;
    private final Optional<Slot> statistics;
    private final Slot scratch;

    /**
     * Plans a normalisation.
     *
     * @param statistics [2, channels] of the batch, kept until the backward pass; empty for inference
     */
    BatchNormStep(
            Backend backend,
            BatchNormLayout layout,
            ParameterStore store,
            Node node,
            Optional<Slot> statistics,
            StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
        this.layout = layout;
        this.parameters = store.batchNorm(node);
        this.gradients = store.batchNormGradients(node);
        this.statistics = statistics;
        this.scratch = buffers.scratch();
    }

    @Override
    boolean readsInputBackward() {
        return true;
    }

    @Override
    boolean worksInPlace() {
        return true;
    }

    @Override
    void forward() {
        DeviceBuffer x = input().buffer();
        DeviceBuffer y = output().buffer();
        if (statistics.isPresent()) {
            backend.batchNormTraining(layout, x, parameters, statistics.get().buffer(), y, scratch.buffer());
        } else {
            backend.batchNormInference(layout, x, parameters, y, scratch.buffer());
        }
    }

    @Override
    void backward() {
        DeviceBuffer gradient = outputGradient().buffer();
        backend.batchNormBackward(
                layout,
                input().buffer(),
                parameters,
                Slot.buffer(statistics),
                gradient,
                gradient,
                gradients,
                scratch.buffer());
    }
}
