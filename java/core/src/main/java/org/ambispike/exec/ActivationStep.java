package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of ANN neurons. */
final class ActivationStep extends Step {
    private final Backend backend;
    private final RunState state;
    private final ActivationLayout layout;
    private final Optional<NeuronParameters> parameters;
    private final Optional<Slot> rateGradient;
    private final Slot scratch;

    ActivationStep(
            Backend backend,
            RunState state,
            ActivationLayout layout,
            Optional<NeuronParameters> parameters,
            Optional<Slot> rateGradient,
            StepBuffers buffers) {
        super(buffers);
        this.backend = backend;
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

    @Override
    void prepare() {
        parameters.ifPresent(NeuronParameters::gather);
    }

    @Override
    void forward() {
        backend.activationForward(layout, input().buffer(), values(), output().buffer());
    }

    @Override
    void backward() {
        DeviceBuffer gradient = outputGradient().buffer();
        backend.activationBackward(
                layout,
                input().buffer(),
                values(),
                gradient,
                Slot.buffer(state.gradientOfRates() ? rateGradient : Optional.empty()),
                gradient,
                parameters.map(NeuronParameters::gradients).orElse(DeviceBuffer.absent()),
                scratch.buffer());
        parameters.ifPresent(NeuronParameters::scatterGradients);
    }

    private DeviceBuffer values() {
        return parameters.map(NeuronParameters::values).orElse(DeviceBuffer.absent());
    }
}
