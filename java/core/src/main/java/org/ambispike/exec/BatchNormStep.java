package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormGradients;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.TrainingKernels;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/** Batch normalisation: by the batch's statistics where planned for training, by the running ones else. */
final class BatchNormStep extends Step {
    private final TrainingKernels training;
    private final BatchNormLayout layout;
    private final BatchNormParameters parameters;
    private final BatchNormParameters parameterGradients;
    private final Optional<Slot> statistics;
    private final Slot scratch;
    private BatchNormGradients gradients;

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
        this.training = backend.training();
        this.layout = layout;
        this.parameters = store.batchNorm(node);
        this.parameterGradients = store.batchNormGradients(node);
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

    /** What the kernel is given is put together here, so that passes make no objects. */
    @Override
    void attach() {
        if (isTrained()) {
            DeviceBuffer gradient = outputGradient().buffer();
            gradients = new BatchNormGradients(gradient, gradient, parameterGradients);
        }
    }

    @Override
    void forward() {
        DeviceBuffer x = input().buffer();
        DeviceBuffer y = output().buffer();
        if (statistics.isPresent()) {
            training.batchNormTraining(layout, x, parameters, statistics.get().buffer(), y, scratch.buffer());
        } else {
            training.batchNormInference(layout, x, parameters, y, scratch.buffer());
        }
    }

    @Override
    void backward() {
        training.batchNormBackward(
                layout, input().buffer(), parameters, Slot.buffer(statistics), gradients, scratch.buffer());
    }
}
