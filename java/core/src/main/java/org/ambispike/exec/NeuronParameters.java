package org.ambispike.exec;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;

/**
 * The parameters of one layer of neurons in the form that kernels read, [parameters and the slopes, channels], and the way back
 * for their gradients, [parameters, channels]: a parameter that the whole layer shares is spread over the channels.
 */
final class NeuronParameters {
    /**
     * Where a parameter lies.
     *
     * @param value the first of its rows among the values
     * @param gradient the first of its rows among the gradients
     * @param count of its rows, one for each step where there is one by step
     */
    record Rows(String parameter, int value, int gradient, int count) {}

    private final Backend backend;
    private final ParameterStore store;
    private final int channels;
    private final Slot values;
    private final Slot gradients;
    private final List<Rows> rows;

    NeuronParameters(
            Backend backend, ParameterStore store, int channels, Slot values, Slot gradients, List<Rows> rows) {
        this.backend = backend;
        this.store = store;
        this.channels = channels;
        this.values = values;
        this.gradients = gradients;
        this.rows = List.copyOf(rows);
    }

    DeviceBuffer values() {
        return values.buffer();
    }

    DeviceBuffer gradients() {
        return gradients.buffer();
    }

    /** Returns the gains, [gains, channels], of a layer that has gains by step. */
    DeviceBuffer gains() {
        Rows part = rows.get(rows.size() - 2);
        return rows(values, part.value, part.count);
    }

    void gather() {
        for (Rows part : rows) {
            DeviceBuffer source = store.value(part.parameter);
            DeviceBuffer target = rows(values, part.value, part.count);
            if (source.floats() == target.floats()) {
                backend.memory().copy(source, target);
            } else {
                for (int row = 0; row < part.count; row++) {
                    backend.linear().expand(shared(source, row), rows(values, part.value + row, 1));
                }
            }
        }
    }

    void scatterGradients() {
        for (Rows part : rows) {
            DeviceBuffer target = store.gradient(part.parameter);
            DeviceBuffer source = rows(gradients, part.gradient, part.count);
            if (source.floats() == target.floats()) {
                backend.memory().copy(source, target);
            } else {
                for (int row = 0; row < part.count; row++) {
                    backend.linear().reduce(rows(gradients, part.gradient + row, 1), shared(target, row));
                }
            }
        }
    }

    /** What all channels share in one row. */
    private static DeviceBuffer shared(DeviceBuffer parameter, int row) {
        return parameter.slice("shared", row, 1);
    }

    private DeviceBuffer rows(Slot slot, int first, int count) {
        return slot.buffer().slice("rows", (long) first * channels, (long) count * channels);
    }
}
