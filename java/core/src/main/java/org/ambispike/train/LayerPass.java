package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;
import org.ambispike.run.BackendParts;

/**
 * Passes of all images through one part of a network, chunk by chunk, from kept values to what its last node gives. Where the
 * backend can be split each thread takes chunks of its own, so that results are the same for any number of threads. Used by the
 * backend's thread.
 */
final class LayerPass implements AutoCloseable {
    /**
     * The images of a calibration.
     *
     * @param chunk how many are run at once; the last chunk may have fewer
     */
    record Images(int count, int chunk) {
        int chunks() {
            return (count + chunk - 1) / chunk;
        }

        int first(int index) {
            return index * chunk;
        }

        /** The images of a chunk. */
        int size(int index) {
            return Math.min(chunk, count - first(index));
        }
    }

    /** Where passes run. */
    record Place(Backend backend, Optional<BackendParts> parts, Cancellation cancellation) {}

    /** Looks at what a chunk gave; called by several threads. */
    @FunctionalInterface
    interface Observer {
        void chunk(Executor executor, HostArrays arrays, int index);
    }

    /** What one thread runs chunks with. */
    private record Runner(Executor executor, HostArrays arrays) {}

    private final Place place;
    private final Images images;
    private final Graph part;
    private final ExecutionOptions options;
    private final Map<String, KeptValues> kept;
    private final ParameterStore store;
    private final List<Optional<Runner>> runners = new ArrayList<>();

    /**
     * Uploads the weights; executors are planned when the first pass runs.
     *
     * @param part as {@link Graph#between} cuts it
     * @param options for batches of a chunk
     * @param kept the values of the part's inputs, by name
     */
    LayerPass(
            Place place,
            Images images,
            Graph part,
            Weights weights,
            ExecutionOptions options,
            Map<String, KeptValues> kept) {
        this.place = place;
        this.images = images;
        this.part = part;
        this.options = options;
        this.kept = kept;
        this.store = ParameterStore.create(place.backend(), part, weights.of(part), false);
        int threads = place.parts().map(BackendParts::size).orElse(1);
        for (int thread = 0; thread < threads; thread++) {
            runners.add(Optional.empty());
        }
    }

    /** Takes other weights of the whole network for the passes that follow. */
    void load(Weights weights) {
        store.load(weights);
    }

    /** Runs all images through the part. */
    void run(Observer observer) {
        int chunks = images.chunks();
        if (place.parts().isEmpty()) {
            run(0, place.backend(), 0, chunks, observer);
            return;
        }
        BackendParts parts = place.parts().get();
        parts.run((thread, from, count) -> run(thread, parts.backend(thread), from, count, observer), chunks);
    }

    private void run(int thread, Backend backend, int from, int count, Observer observer) {
        if (runners.get(thread).isEmpty()) {
            Executor executor = Executor.plan(backend, part, store, options);
            runners.set(thread, Optional.of(new Runner(executor, new HostArrays(backend.memory()))));
        }
        Runner runner = runners.get(thread).get();
        for (int index = from; index < from + count; index++) {
            place.cancellation().check();
            run(runner, index);
            observer.chunk(runner.executor(), runner.arrays(), index);
        }
    }

    private void run(Runner runner, int index) {
        Executor executor = runner.executor();
        String input = part.nodes().get(0).name();
        kept.get(input).give(runner.arrays(), index, executor.images());
        part.given().forEach(node -> kept.get(node.name()).give(runner.arrays(), index, executor.given(node.name())));
        executor.forward();
    }

    @Override
    public void close() {
        runners.forEach(runner -> runner.ifPresent(planned -> planned.executor().close()));
        store.close();
    }
}
