package org.ambispike.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ambispike.common.InputException;
import org.ambispike.common.Workers;

/**
 * Yields the batches of a data set, epoch by epoch, prepared ahead on threads of their own in a few arrays that are used
 * again and again.
 *
 * <pre>{@code
 * try (Batches batches = Batches.open(dataset, BatchOptions.training(128, augmentation, seed))) {
 *     for (int epoch = 0; epoch < epochs; epoch++) {
 *         batches.start(epoch);
 *         while (batches.advance()) {
 *             Batch batch = batches.current();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>For one consuming thread. What an epoch yields depends on the data set, the options and the epoch's number alone,
 * not on the number of threads.
 */
public final class Batches implements AutoCloseable {
    private static final int PREFETCHED = 3;
    private static final int MOST_WORKERS = 16;

    private final BatchSource source;
    private final int batchesPerEpoch;
    private final List<Thread> workers = new ArrayList<>();
    /** Where there are no workers. */
    private final Optional<BatchSource.Filler> readersOwn;

    private final Object lock = new Object();
    // all guarded by lock
    private final Deque<Batch> free = new ArrayDeque<>();
    private final Map<Integer, Batch> ready = new HashMap<>();
    private BatchSource.Epoch epoch;
    private long request;
    private int unfilled;
    private int undelivered;
    private boolean closed;
    private Throwable failure;

    // the consumer's own
    private Batch current;

    /**
     * Opens the batches of a data set, prepared by {@link #workersOf one reader's} threads; the first epoch begins with
     * {@link #start}.
     *
     * @throws InputException if the data set is smaller than a batch and partial ones are dropped
     * @throws IllegalArgumentException if the augmentation does not fit to the images
     */
    public static Batches open(Dataset dataset, BatchOptions options) {
        return open(dataset, options, workersOf(1));
    }

    /**
     * Returns how many threads should prepare the batches of each of some readers that read at the same moment: one for
     * every two cores, which the readers share, and at least one for each. Where there are more readers than cores none
     * has threads, so that all together never start more threads than there are cores.
     *
     * @param readers 1 or more
     */
    public static int workersOf(int readers) {
        return workersOf(readers, Runtime.getRuntime().availableProcessors());
    }

    static int workersOf(int readers, int cores) {
        if (readers < 1) {
            throw new IllegalArgumentException("batches need somebody who reads them, got " + readers + " readers");
        }
        return readers > cores ? 0 : Math.max(1, Math.min(MOST_WORKERS, cores / 2) / readers);
    }

    /**
     * Opens the batches of a data set, prepared by this many threads.
     *
     * @param workers 0 or more; with 0 the reading thread prepares each batch itself when it advances to it
     */
    public static Batches open(Dataset dataset, BatchOptions options, int workers) {
        return new Batches(new BatchSource(dataset, options), workers);
    }

    private Batches(BatchSource source, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("batches are prepared by 0 threads or more, got " + count);
        }
        this.source = source;
        readersOwn = count == 0 ? Optional.of(source.new Filler()) : Optional.empty();
        batchesPerEpoch = source.batches();
        epoch = source.begin(0);
        for (int i = 0; i < PREFETCHED + count; i++) {
            free.add(source.newBatch());
        }
        for (int i = 0; i < count; i++) {
            BatchSource.Filler filler = source.new Filler();
            Thread worker = new Thread(() -> work(filler), "ambispike-batches-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** The number of batches that every epoch has. */
    public int perEpoch() {
        return batchesPerEpoch;
    }

    /**
     * Begins an epoch from its first batch; what is left of the one before is dropped.
     *
     * @param epoch 0 or above
     * @throws IllegalStateException if these batches are closed
     */
    public void start(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epochs count from 0, got " + epoch);
        }
        synchronized (lock) {
            checkOpen();
        }
        BatchSource.Epoch begun = source.begin(epoch);
        synchronized (lock) {
            recycleCurrent();
            free.addAll(ready.values());
            ready.clear();
            this.epoch = begun;
            request++;
            unfilled = batchesPerEpoch;
            undelivered = batchesPerEpoch;
            lock.notifyAll();
        }
    }

    /**
     * Waits for the next batch of the epoch; what the last one held is lost. False when the epoch has no more.
     *
     * @throws InputException naming the file, if an image cannot be read or is not like the others
     * @throws IllegalStateException if these batches are closed, or preparing one failed (with the cause)
     * @throws CancellationException if this thread is interrupted while it waits; its interrupt flag stays set
     */
    public boolean advance() {
        synchronized (lock) {
            checkOpen();
            recycleCurrent();
            if (undelivered == 0) {
                return false;
            }
            int next = batchesPerEpoch - undelivered;
            if (failure == null) {
                readersOwn.ifPresent(filler -> prepare(filler, next));
            }
            try {
                while (!ready.containsKey(next) && failure == null && !closed) {
                    lock.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                CancellationException cancelled = new CancellationException("interrupted while waiting for a batch");
                cancelled.initCause(e);
                throw cancelled;
            }
            checkOpen();
            if (!ready.containsKey(next)) {
                if (failure instanceof InputException input) {
                    throw new InputException(input.getMessage(), input);
                }
                throw new IllegalStateException(
                        "preparing a batch of epoch " + epoch.number() + " failed: " + failure, failure);
            }
            undelivered--;
            current = ready.remove(next);
            return true;
        }
    }

    /**
     * The batch that {@link #advance()} went to.
     *
     * @throws IllegalStateException if it went to none
     */
    public Batch current() {
        if (current == null) {
            throw new IllegalStateException("no batch: call advance(), and only while it returns true");
        }
        return current;
    }

    /** Ends the threads, waiting at most for the batches they are preparing. Closing again does nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            current = null;
            lock.notifyAll();
        }
        Workers.join(workers);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the batches are closed");
        }
    }

    private void recycleCurrent() {
        if (current != null) {
            free.add(current);
            current = null;
            lock.notifyAll();
        }
    }

    private void prepare(BatchSource.Filler filler, int index) {
        Batch target = free.remove();
        try {
            filler.fill(epoch, index, target);
            ready.put(index, target);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void work(BatchSource.Filler filler) {
        try {
            while (true) {
                Batch target;
                long wanted;
                BatchSource.Epoch from;
                int index;
                synchronized (lock) {
                    while (!closed && (unfilled == 0 || free.isEmpty())) {
                        lock.wait();
                    }
                    if (closed) {
                        return;
                    }
                    target = free.remove();
                    wanted = request;
                    from = epoch;
                    index = batchesPerEpoch - unfilled--;
                }
                filler.fill(from, index, target);
                synchronized (lock) {
                    if (wanted == request) {
                        ready.put(index, target);
                    } else {
                        free.add(target);
                    }
                    lock.notifyAll();
                }
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            synchronized (lock) {
                failure = e;
                lock.notifyAll();
            }
        }
    }
}
