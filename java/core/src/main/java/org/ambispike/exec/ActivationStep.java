package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of ANN neurons. */
final class ActivationStep extends Step {
    private final NeuronKernels neurons;
    private final RunState state;
    private final ActivationLayout layout;
    private final NeuronParameters parameters;
    private final Optional<Slot> rateGradient;
    private final Slot scratch;
    private ActivationGradients gradients;
    private ActivationGradients gradientsWithRate;

    ActivationStep(
            Backend backend,
            RunState state,
            ActivationLayout layout,
            NeuronParameters parameters,
            Optional<Slot> rateGradient,
            StepBuffers buffers) {
        super(buffers);
        this.neurons = backend.neurons();
        this.state = state;
        this.layout = layout;
        this.parameters = parameters;
        this.rateGradient = rateGradient;
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

    /** What kernels are given is put together here, so that passes make no objects. */
    @Override
    void attach() {
        if (isTrained()) {
            gradients = gradients(DeviceBuffer.absent());
            gradientsWithRate = gradients(Slot.buffer(rateGradient));
        }
    }

    private ActivationGradients gradients(DeviceBuffer ofRate) {
        DeviceBuffer gradient = outputGradient().buffer();
        return new ActivationGradients(gradient, ofRate, gradient, parameters.gradients());
    }

    @Override
    void prepare() {
        parameters.gather();
    }

    @Override
    void forward() {
        neurons.activationForward(layout, input().buffer(), parameters.values(), output().buffer());
    }

    @Override
    void backward() {
        neurons.activationBackward(
                layout,
                input().buffer(),
                parameters.values(),
                state.gradientOfRates() ? gradientsWithRate : gradients,
                scratch.buffer());
        parameters.scatterGradients();
    }
}
