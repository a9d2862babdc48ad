package org.ambispike.exec;

import java.util.List;
import org.ambispike.exec.MemoryPlan.Slot;

/** A step without a way back. */
abstract class InferenceStep extends Step {
    InferenceStep(StepBuffers buffers) {
        super(buffers);
    }

    InferenceStep(List<Slot> inputs, Slot output) {
        super(inputs, output);
    }

    @Override
    final void backward() {
        throw new IllegalStateException("this executor is planned for inference");
    }
}
