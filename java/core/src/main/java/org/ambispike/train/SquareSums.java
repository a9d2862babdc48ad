package org.ambispike.train;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Segments;
import org.ambispike.exec.ParameterStore;

/** Sums of squares of some parameters, or of what is laid out like them, in one call. Used by the backend's thread. */
final class SquareSums implements AutoCloseable {
    private final Backend backend;
    private final Segments tensors;
    private final DeviceBuffer scratch;

    SquareSums(Backend backend, ParameterStore store, String label, List<String> names) {
        this.backend = backend;
        this.tensors = store.segments(label + " places", names);
        this.scratch = backend.memory()
                .allocate(label + " scratch", backend.memory().scratchBytes(Math.max(1, names.size()), 1));
    }

    /**
     * Computes the sums, on the device.
     *
     * @param x laid out like the store
     * @param result [parameters] doubles, in the order of the names
     */
    void apply(DeviceBuffer x, DeviceBuffer result) {
        backend.optimizer().sumsOfSquares(x, tensors, result, scratch);
    }

    Segments tensors() {
        return tensors;
    }

    @Override
    public void close() {
        tensors.close();
        scratch.close();
    }
}
