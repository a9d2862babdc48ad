package org.ambispike.run;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;

/**
 * Runs many images through one network, whose weights it holds once: batches of a caller's images as sessions run them
 * ({@link #batches}), and whole data sets that observers look at ({@link #pass}). Where a backend can be split, each of its
 * threads takes images of its own; all read the same weights. Used by the backend's thread; closed after what it planned.
 */
public final class NetworkRunner implements AutoCloseable {
    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private Optional<BackendParts> parts = Optional.empty();

    /**
     * Uploads the weights.
     *
     * @param backend stays the caller's
     * @throws IllegalArgumentException if the weights are not those of the graph
     * @throws org.ambispike.common.BackendException if memory is short
     */
    public NetworkRunner(Backend backend, Network network) {
        this.backend = backend;
        this.graph = network.graph();
        this.store = ParameterStore.create(backend, graph, network.weights(), false);
    }

    public Backend backend() {
        return backend;
    }

    public Graph graph() {
        return graph;
    }

    /** Prepares batches of a caller's images; they are planned in full when a size and T first come. */
    public BatchRuns batches(BatchPlan plan) {
        return new BatchRuns(this, plan);
    }

    /** Plans passes of data sets, which stop between batches where that is asked for. */
    public DataPass pass(PassPlan plan, Cancellation cancellation) {
        return new DataPass(this, plan, cancellation);
    }

    /**
     * Passes one data set through a network once, see {@link DataPass#curve}.
     *
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public static StepCurve curve(
            Backend backend,
            Network network,
            PassPlan plan,
            Dataset images,
            Cancellation cancellation,
            PassObserver... others) {
        try (NetworkRunner runner = new NetworkRunner(backend, network);
                DataPass pass = runner.pass(plan, cancellation)) {
            return pass.curve(images, others);
        }
    }

    /** Takes over parameters that are laid out like this network's {@link ParameterStore}. */
    void load(DeviceBuffer parameters) {
        backend.memory().copy(parameters, store.allValues());
        store.changed();
    }

    /** Whether images can be split over threads. */
    boolean splits() {
        return backend.parts() > 0;
    }

    /** The threads of a backend that can be split, which start when they are first asked for. */
    BackendParts parts() {
        if (parts.isEmpty()) {
            parts = Optional.of(new BackendParts(backend.split()));
        }
        return parts.get();
    }

    /** @param on the backend, or one of its parts */
    ExecutorCache executors(Backend on, BatchPlan plan) {
        return new ExecutorCache(on, graph, store, plan);
    }

    /** @param on the backend, or one of its parts */
    PassResult plan(Backend on, PassPlan plan) {
        return new PassResult(on, graph, store, plan);
    }

    /** Bytes that the backend and its parts hold now. */
    public long memoryBytes() {
        return backend.memory().liveBytes()
                + parts.map(BackendParts::memoryBytes).orElse(0L);
    }

    @Override
    public void close() {
        parts.ifPresent(BackendParts::close);
        store.close();
    }
}
