package org.ambispike.exec;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/**
 * The parameters of one layer of neurons in the form that kernels read, [parameters and the slopes, channels], and the way back
 * for their gradients, [parameters, channels]: a parameter that the whole layer shares is spread over the channels.
 */
final class NeuronParameters {
    private final Backend backend;
    private final ParameterStore store;
    private final List<String> names;
    private final int channels;
    private final Slot values;
    private final Slot gradients;

    NeuronParameters(
            Backend backend,
            ParameterStore store,
            Node node,
            List<String> parameters,
            int channels,
            Slot values,
            Slot gradients) {
        this.backend = backend;
        this.store = store;
        this.names = parameters.stream().map(node::parameter).toList();
        this.channels = channels;
        this.values = values;
        this.gradients = gradients;
    }

    DeviceBuffer values() {
        return values.buffer();
    }

    DeviceBuffer gradients() {
        return gradients.buffer();
    }

    void gather() {
        for (int row = 0; row < names.size(); row++) {
            DeviceBuffer source = store.value(names.get(row));
            DeviceBuffer target = row(values, row);
            if (source.floats() == channels) {
                backend.memory().copy(source, target);
            } else {
                backend.linear().expand(source, target);
            }
        }
    }

    void scatterGradients() {
        for (int row = 0; row < names.size(); row++) {
            DeviceBuffer target = store.gradient(names.get(row));
            DeviceBuffer source = row(gradients, row);
            if (target.floats() == channels) {
                backend.memory().copy(source, target);
            } else {
                backend.linear().reduce(source, target);
            }
        }
    }

    private DeviceBuffer row(Slot slot, int row) {
        return slot.buffer().slice(names.get(row), (long) row * channels, channels);
    }
}
