package org.ambispike.exec;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;

/**
 * Work around the passes of an executor that the backend may record with them, as a whole, such as a step of training. It must not
 * wait for the device, nor copy from or to the host; between runs, all that it reads may change. Used by the backend's thread.
 */
public final class RecordedStep implements AutoCloseable {
    private final RunState state;
    private final RecordedPass pass;

    RecordedStep(Backend backend, RunState state, String label, List<DeviceBuffer> buffers, Runnable work) {
        this.state = state;
        this.pass = new RecordedPass(backend, label, buffers, work);
    }

    /**
     * Does the work.
     *
     * @throws IllegalStateException if one of the buffers was closed
     */
    public void run() {
        pass.run(state.kappa());
    }

    @Override
    public void close() {
        pass.close();
    }
}
