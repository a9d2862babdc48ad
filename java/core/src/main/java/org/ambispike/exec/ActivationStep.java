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
    private final Optional<NeuronParameters> parameters;
    private final Optional<Slot> rateGradient;
    private final Slot scratch;
    private ActivationGradients gradients;
    private ActivationGradients gradientsWithRate;

    ActivationStep(
            Backend backend,
            RunState state,
            ActivationLayout layout,
            Optional<NeuronParameters> parameters,
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
        return new ActivationGradients(
                gradient,
                ofRate,
                gradient,
                parameters.map(NeuronParameters::gradients).orElse(DeviceBuffer.absent()));
    }

    @Override
    void prepare() {
        parameters.ifPresent(NeuronParameters::gather);
    }

    @Override
    void forward() {
        neurons.activationForward(layout, input().buffer(), values(), output().buffer());
    }

    @Override
    void backward() {
        neurons.activationBackward(
                layout,
                input().buffer(),
                values(),
                state.gradientOfRates() ? gradientsWithRate : gradients,
                scratch.buffer());
        parameters.ifPresent(NeuronParameters::scatterGradients);
    }

    private DeviceBuffer values() {
        return parameters.map(NeuronParameters::values).orElse(DeviceBuffer.absent());
    }
}
