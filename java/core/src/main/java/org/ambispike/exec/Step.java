package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.exec.MemoryPlan.Slot;

/** One planned operation with its buffers. The order is: construct, connect gradients, attach, prepare, passes. */
abstract class Step implements AutoCloseable {
    private final List<Slot> inputs;
    private final Slot output;
    private List<Optional<Slot>> inputGradients = List.of();
    private Optional<Slot> outputGradient = Optional.empty();

    Step(Slot input, Slot output) {
        this(List.of(input), output);
    }

    Step(StepBuffers buffers) {
        this(buffers.inputs(), buffers.output());
    }

    Step(List<Slot> inputs, Slot output) {
        this.inputs = inputs;
        this.output = output;
    }

    /** The first input, which most steps have alone. */
    final Slot input() {
        return input(0);
    }

    final Slot input(int index) {
        return inputs.get(index);
    }

    final Slot output() {
        return output;
    }

    /** Tells where gradients are; that of an input is left out where nobody wants it. */
    final void connect(List<Optional<Slot>> ofInputs, Slot ofOutput) {
        inputGradients = List.copyOf(ofInputs);
        outputGradient = Optional.of(ofOutput);
    }

    final Optional<Slot> inputGradient() {
        return inputGradient(0);
    }

    /** None where nobody wants it, or none are planned. */
    final Optional<Slot> inputGradient(int index) {
        return index < inputGradients.size() ? inputGradients.get(index) : Optional.empty();
    }

    final Slot outputGradient() {
        return outputGradient.orElseThrow(() -> new IllegalStateException("not planned for training"));
    }

    /** Whether gradients are planned. */
    final boolean isTrained() {
        return outputGradient.isPresent();
    }

    /** Whether the backward pass reads the input. */
    boolean readsInputBackward() {
        return false;
    }

    /** Whether the gradient of the first input takes the place of that of the output. */
    boolean worksInPlace() {
        return false;
    }

    /** Called once, when the buffers are there. */
    void attach() {}

    /** Called before a pass if parameters have changed. */
    void prepare() {}

    abstract void forward();

    /** Only called if planned for training. */
    abstract void backward();

    @Override
    public void close() {}
}
