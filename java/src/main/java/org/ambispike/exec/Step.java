package org.ambispike.exec;

import java.util.Optional;
import org.ambispike.exec.MemoryPlan.Slot;

/** One planned operation with its buffers. The order is: construct, connect gradients, attach, prepare, passes. */
abstract class Step implements AutoCloseable {
    private final Slot input;
    private final Slot output;
    private Optional<Slot> inputGradient = Optional.empty();
    private Optional<Slot> outputGradient = Optional.empty();

    Step(Slot input, Slot output) {
        this.input = input;
        this.output = output;
    }

    final Slot input() {
        return input;
    }

    final Slot output() {
        return output;
    }

    /** Tells where gradients are; that of the input is left out where nobody wants it. */
    final void connect(Optional<Slot> ofInput, Slot ofOutput) {
        inputGradient = ofInput;
        outputGradient = Optional.of(ofOutput);
    }

    final Optional<Slot> inputGradient() {
        return inputGradient;
    }

    final Slot outputGradient() {
        return outputGradient.orElseThrow(() -> new IllegalStateException("not planned for training"));
    }

    /** Whether the backward pass reads the input. */
    boolean readsInputBackward() {
        return false;
    }

    /** Whether the gradient of the input takes the place of that of the output. */
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
