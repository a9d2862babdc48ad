package org.ambispike.backend.cuda;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes graphs of what a backend's stream is asked for, until one cannot be made. Used by one thread. */
final class CudaGraphs {
    private static final Logger LOG = LoggerFactory.getLogger(CudaGraphs.class);

    private final CudaStream stream;
    private boolean wanted;
    /** The work that is done or captured call by call right now, of which all that is run meanwhile is a part. */
    private Optional<CudaGraph> running = Optional.empty();

    CudaGraphs(CudaStream stream, boolean wanted) {
        this.stream = stream;
        this.wanted = wanted;
    }

    CapturedGraph capture(String label, List<DeviceBuffer> buffers, Runnable work) {
        return new CudaGraph(label, buffers, work);
    }

    /**
     * Calls its work directly the first time, so that libraries load and allocate what they need; makes a graph of it the
     * second time, and launches that from then on. Where no graph can be made, the work is called directly always. Within other
     * captured work it is a part of that, whose graph then needs these buffers too.
     */
    private final class CudaGraph extends CapturedGraph {
        private final Set<DeviceBuffer> buffers;
        private Optional<Pointer> graph = Optional.empty();
        private boolean warm;
        private boolean tried;

        CudaGraph(String label, List<DeviceBuffer> buffers, Runnable work) {
            super(label, work);
            this.buffers = new LinkedHashSet<>(buffers);
        }

        @Override
        protected void run(Runnable work) {
            requireBuffers();
            if (running.isPresent()) {
                running.get().buffers.addAll(buffers);
                work.run();
                return;
            }
            if (warm && !tried) {
                tried = true;
                graph = graphOf(label(), () -> call(work));
            }
            warm = true;
            if (graph.isPresent()) {
                CudaStatus.check(label(), CudaKernels.ambi_cuda_graph_launch(graph.get(), stream.address()));
            } else {
                call(work);
            }
        }

        private void call(Runnable work) {
            running = Optional.of(this);
            try {
                work.run();
            } finally {
                running = Optional.empty();
            }
        }

        /** A graph holds addresses: nothing in it would notice that they are no longer ours. */
        private void requireBuffers() {
            for (DeviceBuffer buffer : buffers) {
                if (!buffer.isAbsent()) {
                    CudaBuffer.of(buffer).pointer();
                }
            }
        }

        @Override
        public String describe() {
            return label() + (graph.isPresent() ? ": a CUDA graph" : ": kernel by kernel");
        }

        @Override
        public void close() {
            super.close();
            graph.ifPresent(each -> free(label(), each));
            graph = Optional.empty();
        }
    }

    /** None where graphs are not wanted, or could not be made: said once, and not tried again. */
    private Optional<Pointer> graphOf(String label, Runnable work) {
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
        CudaStatus.check("capturing " + label, CudaKernels.ambi_cuda_graph_begin(stream.address()));
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

    private static void free(String label, Pointer graph) {
        if (!graph.isNull()) {
            int code = CudaKernels.ambi_cuda_graph_free(graph);
            if (code != CudaKernels.AMBI_OK) {
                LOG.warn("the graph of {} could not be freed: {}", label, CudaStatus.text(code));
            }
        }
    }
}
