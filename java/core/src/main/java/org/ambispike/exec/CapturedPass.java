package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.ambispike.backend.Backend;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;

/**
 * Work of an executor, or around its passes such as a step of training, that the backend may capture as a graph; captured anew
 * where a scalar that its kernels are given changes. It must not wait for the device, nor copy from or to the host; between
 * runs, all that its buffers hold may change. Used by the backend's thread.
 */
public final class CapturedPass implements AutoCloseable {
    private final Backend backend;
    private final String label;
    private final List<DeviceBuffer> buffers;
    private final Supplier<?> scalars;
    private final Runnable work;
    private Optional<CapturedGraph> graph = Optional.empty();
    private Optional<Object> captured = Optional.empty();

    /**
     * Keeps the work, without calling it.
     *
     * @param buffers that the work uses
     * @param scalars what kernels are given as arguments, equal to those before where nothing changed
     */
    CapturedPass(Backend backend, String label, List<DeviceBuffer> buffers, Supplier<?> scalars, Runnable work) {
        this.backend = backend;
        this.label = label;
        this.buffers = buffers;
        this.scalars = scalars;
        this.work = work;
    }

    /**
     * Does the work.
     *
     * @throws IllegalStateException if one of the buffers was closed
     */
    public void run() {
        Object now = scalars.get();
        if (graph.isEmpty() || !captured.get().equals(now)) {
            close();
            captured = Optional.of(now);
            graph = Optional.of(backend.capture(label, buffers, work));
        }
        graph.get().run();
    }

    @Override
    public void close() {
        graph.ifPresent(CapturedGraph::close);
        graph = Optional.empty();
    }
}
