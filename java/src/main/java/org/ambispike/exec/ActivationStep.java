package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;

/** A layer of ANN neurons. */
final class ActivationStep implements Step {
    private final Backend backend;
    private final RunState state;
    private final ActivationLayout layout;
    private final Optional<NeuronParameters> parameters;
    private final Slot input;
    private final Slot output;
    private final Slot scratch;
    private Slot gradient;
    private Optional<Slot> rateGradient = Optional.empty();

    ActivationStep(
            Backend backend,
            RunState state,
            ActivationLayout layout,
            Optional<NeuronParameters> parameters,
            Slot input,
            Slot output,
            Slot scratch) {
        this.backend = backend;
        this.state = state;
        this.layout = layout;
        this.parameters = parameters;
        this.input = input;
        this.output = output;
        this.scratch = scratch;
    }

    /** The gradient is changed in place. */
    void gradients(Slot slot, Optional<Slot> ofRate) {
        gradient = slot;
        rateGradient = ofRate;
    }

    @Override
    public void prepare() {
        parameters.ifPresent(NeuronParameters::gather);
    }

    @Override
    public void forward() {
        backend.activationForward(layout, input.buffer(), values(), output.buffer());
    }

    @Override
    public void backward() {
        DeviceBuffer extra = state.gradientOfRates()
                ? rateGradient.map(Slot::buffer).orElse(DeviceBuffer.absent())
                : DeviceBuffer.absent();
        backend.activationBackward(
                layout,
                input.buffer(),
                values(),
                gradient.buffer(),
                extra,
                gradient.buffer(),
                parameters.map(NeuronParameters::gradients).orElse(DeviceBuffer.absent()),
                scratch.buffer());
        parameters.ifPresent(NeuronParameters::scatterGradients);
    }

    private DeviceBuffer values() {
        return parameters.map(NeuronParameters::values).orElse(DeviceBuffer.absent());
    }
}
