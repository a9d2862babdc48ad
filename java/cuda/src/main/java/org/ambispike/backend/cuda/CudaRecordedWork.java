package org.ambispike.backend.cuda;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RecordedWork;
import org.bytedeco.javacpp.Pointer;

/**
 * Runs its work directly the first time, so that libraries load and allocate what they need; makes a graph of it the
 * second time, and launches that from then on. Where no graph can be made, the work is run directly always. Within other
 * recorded work it is a part of that, whose graph then needs these buffers too.
 */
final class CudaRecordedWork implements RecordedWork {
    private final CudaGraphs graphs;
    private final CudaStream stream;
    private final String label;
    private final Set<DeviceBuffer> buffers;
    private final Runnable work;
    private Optional<Pointer> graph = Optional.empty();
    private boolean warm;
    private boolean tried;
    private boolean open = true;

    CudaRecordedWork(
            CudaGraphs graphs, CudaStream stream, String label, Collection<DeviceBuffer> buffers, Runnable work) {
        this.graphs = graphs;
        this.stream = stream;
        this.label = label;
        this.buffers = new LinkedHashSet<>(buffers);
        this.work = work;
    }

    @Override
    public void run() {
        requireOpen();
        if (graphs.running().isPresent()) {
            graphs.running().get().buffers.addAll(buffers);
            work.run();
            return;
        }
        if (warm && !tried) {
            tried = true;
            graph = graphs.capture(label, () -> graphs.call(this, work));
        }
        warm = true;
        if (graph.isPresent()) {
            CudaStatus.check(label, CudaKernels.ambi_cuda_graph_launch(graph.get(), stream.address()));
        } else {
            graphs.call(this, work);
        }
    }

    /** A graph holds addresses: nothing in it would notice that they are no longer ours. */
    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(label + " is run after it was closed");
        }
        for (DeviceBuffer buffer : buffers) {
            if (!buffer.isAbsent()) {
                CudaBuffer.of(buffer).pointer();
            }
        }
    }

    @Override
    public String describe() {
        return label + (graph.isPresent() ? ": a CUDA graph" : ": kernel by kernel");
    }

    @Override
    public void close() {
        open = false;
        graph.ifPresent(each -> CudaGraphs.free(label, each));
        graph = Optional.empty();
    }
}
