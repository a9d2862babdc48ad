package org.ambispike.exec;

import java.util.List;
import org.ambispike.exec.MemoryPlan.Slot;

/**
 * The buffers of a step.
 *
 * @param inputs the values that it reads, at least one
 * @param output the value that it gives
 * @param scratch what it may overwrite during a call, shared with all other steps
 */
record StepBuffers(List<Slot> inputs, Slot output, Slot scratch) {
    StepBuffers {
        inputs = List.copyOf(inputs);
    }

    /** The first input, which most steps have alone. */
    Slot input() {
        return inputs.get(0);
    }
}
