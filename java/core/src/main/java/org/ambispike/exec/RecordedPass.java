package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RecordedWork;

/** Work of an executor that the backend may record; recorded anew where a scalar that its kernels are given changes. */
final class RecordedPass implements AutoCloseable {
    private final Backend backend;
    private final String label;
    private final List<DeviceBuffer> buffers;
    private final Runnable work;
    private Object scalars = RunState.Scalars.INITIAL;
    private Optional<RecordedWork> recorded = Optional.empty();

    /** @param buffers that the work uses */
    RecordedPass(Backend backend, String label, List<DeviceBuffer> buffers, Runnable work) {
        this.backend = backend;
        this.label = label;
        this.buffers = buffers;
        this.work = work;
    }

    /** @param now scalars as they are, equal to those before where nothing changed */
    void run(Object now) {
        if (recorded.isEmpty() || !scalars.equals(now)) {
            close();
            scalars = now;
            recorded = Optional.of(backend.record(label, buffers, work));
        }
        recorded.get().run();
    }

    @Override
    public void close() {
        recorded.ifPresent(RecordedWork::close);
        recorded = Optional.empty();
    }
}
