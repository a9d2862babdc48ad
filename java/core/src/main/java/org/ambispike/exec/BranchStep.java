package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.exec.MemoryPlan.Slot;

/**
 * Adds the gradient that one reader of a value gives to those of its other readers. Runs right after that reader in the
 * backward pass, and does nothing in the forward pass.
 */
final class BranchStep extends Step {
    private final LinearAlgebra linear;

    /**
     * Plans the sum.
     *
     * @param value what several nodes read
     * @param sum the gradient of the value so far, added to
     * @param reader what the reader adds; of the same size
     */
    BranchStep(Backend backend, Slot value, Slot sum, Slot reader) {
        super(value, value);
        this.linear = backend.linear();
        connect(List.of(Optional.of(sum)), reader);
    }

    @Override
    void forward() {}

    @Override
    void backward() {
        inputGradient()
                .ifPresent(sum -> linear.add(sum.buffer(), outputGradient().buffer(), sum.buffer()));
    }
}
