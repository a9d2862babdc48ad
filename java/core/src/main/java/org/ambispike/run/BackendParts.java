package org.ambispike.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.ambispike.backend.Backend;
import org.ambispike.common.Workers;

/**
 * Splits work over the threads of a backend: each computes on a backend of its own, with no waiting for another after each
 * layer. A run allocates nothing. Used by one thread at a time, which computes the first part itself.
 */
public final class BackendParts implements AutoCloseable {
    /** How often a thread looks for its turn before it sleeps: as long as waking it would take. */
    private static final int LOOKS = 2_000;

    /** Computes some of the items on one part's backend. */
    public interface Work {
        /**
         * Computes items {@code from} to {@code from + count - 1}, on the part's thread.
         *
         * @param part its number, from 0
         */
        void compute(int part, int from, int count);
    }

    /** The items of one thread. */
    private final class Part {
        private final int number;
        private final Backend backend;
        private final Optional<Thread> thread;
        private int from;
        private int count;
        private volatile boolean busy;
        private Optional<Throwable> failure = Optional.empty();

        Part(int number, Backend backend) {
            this.number = number;
            this.backend = backend;
            this.thread =
                    number > 0 ? Optional.of(new Thread(this::serve, "ambispike-part-" + number)) : Optional.empty();
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
            if (count == 0) {
                return;
            }
            try {
                work.compute(number, from, count);
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

    private final List<Part> parts = new ArrayList<>();
    private Work work = (part, from, count) -> {};
    private volatile Thread caller = Thread.currentThread();
    private volatile boolean closed;

    /** @param backends one for each part, at least one; become its own */
    public BackendParts(List<Backend> backends) {
        for (Backend backend : backends) {
            parts.add(new Part(parts.size(), backend));
        }
        parts.forEach(part -> part.thread.ifPresent(thread -> {
            thread.setDaemon(true);
            thread.start();
        }));
    }

    public int size() {
        return parts.size();
    }

    public Backend backend(int part) {
        return parts.get(part).backend;
    }

    /**
     * Shares items out evenly, in runs of neighbours, and waits until all are computed, so that none still computes where
     * another has failed.
     *
     * @param items how many there are; a part without any is not called
     */
    public void run(Work what, int items) {
        work = what;
        caller = Thread.currentThread();
        int size = parts.size();
        for (int index = size - 1; index >= 0; index--) {
            Part part = parts.get(index);
            part.from = (int) ((long) items * index / size);
            part.count = (int) ((long) items * (index + 1) / size) - part.from;
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
        Optional<Throwable> failure = Optional.empty();
        for (int index = 0; index < size; index++) {
            Part part = parts.get(index);
            if (part.failure.isPresent()) {
                failure = failure.isPresent() ? failure : part.failure;
                part.failure = Optional.empty();
            }
        }
        if (failure.isPresent()) {
            if (failure.get() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure.get(); // work throws nothing that is checked
        }
    }

    long memoryBytes() {
        return parts.stream()
                .mapToLong(part -> part.backend.memory().liveBytes())
                .sum();
    }

    @Override
    public void close() {
        closed = true;
        List<Thread> threads =
                parts.stream().flatMap(part -> part.thread.stream()).toList();
        threads.forEach(LockSupport::unpark); // at rest between runs
        Workers.join(threads);
        parts.forEach(part -> part.backend.close());
    }
}
