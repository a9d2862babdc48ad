package org.ambispike.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.ambispike.SessionOptions;
import org.ambispike.backend.Backend;
import org.ambispike.common.Workers;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;

/**
 * Runs of many images on a backend that can be split: each of its threads takes images of its own, with no waiting for
 * another after each layer. Runs of a size and T that came before allocate nothing. Used by one thread at a time, which
 * computes the first part itself.
 */
public final class SplitRuns implements AutoCloseable {
    /** How often a thread looks for its turn before it sleeps: as long as waking it would take. */
    private static final int LOOKS = 2_000;

    /** The images of one thread. */
    private final class Part {
        private final Backend backend;
        private final SessionExecutors executors;
        private final Optional<Thread> thread;
        private int from;
        private int count;
        private volatile boolean busy;
        private Optional<Throwable> failure = Optional.empty();

        Part(Backend backend, SessionOptions options, boolean own) {
            this.backend = backend;
            this.executors = new SessionExecutors(backend, graph, store, options);
            this.thread = own ? Optional.of(new Thread(this::serve, "ambispike-session-part")) : Optional.empty();
        }

        private void serve() {
            int looks = 0;
            while (!closed) {
                if (busy) {
                    compute();
                    busy = false;
                    LockSupport.unpark(caller);
                    looks = 0;
                } else if (looks < LOOKS) {
                    looks++;
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }

        private void compute() {
            try {
                for (int begin = from; begin < from + count; begin += chunk) {
                    int size = Math.min(chunk, from + count - begin);
                    Executor executor = executors.whole(size, timeSteps);
                    executor.input(images, begin, size);
                    executor.forward();
                    backend.memory().download(executor.finalLogits(), logits, begin * classes, size * classes);
                }
            } catch (RuntimeException | Error e) {
                failure = Optional.of(e);
            }
        }

        private void await() {
            for (int looks = 0; busy; looks++) {
                if (looks < LOOKS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }
    }

    private final Graph graph;
    private final ParameterStore store;
    private final int classes;
    private final int chunk;
    private final List<Part> parts = new ArrayList<>();
    private float[] images = {};
    private float[] logits = {};
    private int timeSteps;
    private volatile Thread caller = Thread.currentThread();
    private volatile boolean closed;

    /**
     * Parts without executors yet.
     *
     * @param store stays the caller's, who does not change it
     * @param backends become its own
     */
    public SplitRuns(Graph graph, ParameterStore store, SessionOptions options, List<Backend> backends) {
        this.graph = graph;
        this.store = store;
        this.classes = graph.classes();
        this.chunk = Math.min(Backend.PART_BATCH, (options.batch() + backends.size() - 1) / backends.size());
        for (Backend backend : backends) {
            parts.add(new Part(backend, options.withBatch(chunk), !parts.isEmpty()));
        }
        parts.forEach(part -> part.thread.ifPresent(thread -> {
            thread.setDaemon(true);
            thread.start();
        }));
    }

    /**
     * All steps of images, at least one for each part.
     *
     * @param values [count, H, W, C]
     * @param answers takes [count, classes]
     */
    public void run(float[] values, int count, int steps, float[] answers) {
        images = values;
        logits = answers;
        timeSteps = steps;
        caller = Thread.currentThread();
        int size = parts.size();
        for (int index = size - 1; index >= 0; index--) {
            Part part = parts.get(index);
            part.from = (int) ((long) count * index / size);
            part.count = (int) ((long) count * (index + 1) / size) - part.from;
            if (part.thread.isPresent()) {
                part.busy = true;
                LockSupport.unpark(part.thread.get());
            } else {
                part.compute();
            }
        }
        for (int index = 0; index < size; index++) {
            parts.get(index).await();
        }
        for (int index = 0; index < size; index++) {
            throwFailure(parts.get(index));
        }
    }

    private static void throwFailure(Part part) {
        if (part.failure.isPresent()) {
            Throwable failure = part.failure.get();
            part.failure = Optional.empty();
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }

    public long memoryBytes() {
        return parts.stream().mapToLong(part -> part.backend.memory().liveBytes()).sum();
    }

    @Override
    public void close() {
        closed = true;
        List<Thread> threads =
                parts.stream().flatMap(part -> part.thread.stream()).toList();
        threads.forEach(LockSupport::unpark); // at rest between runs
        Workers.join(threads);
        parts.forEach(part -> {
            part.executors.close();
            part.backend.close();
        });
    }
}
