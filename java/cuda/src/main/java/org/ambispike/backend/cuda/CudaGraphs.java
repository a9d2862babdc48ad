package org.ambispike.backend.cuda;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RecordedWork;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes graphs of what a backend's stream is asked for, until one cannot be made. Used by one thread. */
final class CudaGraphs {
    private static final Logger LOG = LoggerFactory.getLogger(CudaGraphs.class);

    private final CudaStream stream;
    private boolean wanted;
    private Optional<CudaRecordedWork> running = Optional.empty();

    CudaGraphs(CudaStream stream, boolean wanted) {
        this.stream = stream;
        this.wanted = wanted;
    }

    RecordedWork record(String label, List<DeviceBuffer> buffers, Runnable work) {
        return new CudaRecordedWork(this, stream, label, buffers, work);
    }

    /** The work that is done or captured call by call right now, of which all that is run meanwhile is a part. */
    Optional<CudaRecordedWork> running() {
        return running;
    }

    /** Calls work as that of a recording. */
    void call(CudaRecordedWork recording, Runnable work) {
        running = Optional.of(recording);
        try {
            work.run();
        } finally {
            running = Optional.empty();
        }
    }

    /** None where graphs are not wanted, or could not be made: said once, and not tried again. */
    Optional<Pointer> capture(String label, Runnable work) {
        if (!wanted) {
            return Optional.empty();
        }
        try {
            return Optional.of(captured(label, work));
        } catch (BackendException e) {
            wanted = false;
            LOG.warn("no CUDA graphs from here on, kernels are launched one by one: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private Pointer captured(String label, Runnable work) {
        CudaStatus.check("recording " + label, CudaKernels.ambi_cuda_graph_begin(stream.address()));
        Pointer graph = new Pointer();
        boolean whole = false;
        int code;
        try {
            work.run();
            whole = true;
        } finally {
            code = CudaKernels.ambi_cuda_graph_end(stream.address(), graph);
            if (!whole) {
                free(label, graph);
            }
        }
        CudaStatus.check("making a graph of " + label, code);
        return graph;
    }

    static void free(String label, Pointer graph) {
        if (!graph.isNull()) {
            int code = CudaKernels.ambi_cuda_graph_free(graph);
            if (code != CudaKernels.AMBI_OK) {
                LOG.warn("the graph of {} could not be freed: {}", label, CudaStatus.text(code));
            }
        }
    }
}
