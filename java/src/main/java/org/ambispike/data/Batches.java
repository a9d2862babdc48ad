package org.ambispike.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;

/**
 * The batches of a data set, epoch by epoch, prepared ahead on a thread of their own in a few arrays that are used again
 * and again.
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
 * <p>For one consuming thread. What an epoch yields depends on the data set, the options and the epoch's number alone.
 */
public final class Batches implements AutoCloseable {
    private static final int PREFETCHED = 3;

    private final BatchSource source;
    private final int batchesPerEpoch;
    private final Thread worker;

    private final Object lock = new Object();
    // all guarded by lock
    private final Deque<Batch> free = new ArrayDeque<>(PREFETCHED + 1);
    private final Deque<Batch> ready = new ArrayDeque<>(PREFETCHED + 1);
    private int epoch;
    private long request;
    private int unfilled;
    private int undelivered;
    private boolean closed;
    private Throwable failure;

    // the consumer's own
    private Batch current;

    /**
     * Batches of a data set; the first epoch begins with {@link #start}.
     *
     * @throws org.ambispike.error.InputException if the data set is smaller than a batch and partial ones are dropped
     * @throws IllegalArgumentException if the augmentation does not fit to the images
     */
    public static Batches open(Dataset dataset, BatchOptions options) {
        return new Batches(new DatasetBatchSource(dataset, options));
    }

    Batches(BatchSource source) {
        this.source = source;
        batchesPerEpoch = source.batches();
        for (int i = 0; i < PREFETCHED + 1; i++) {
            free.add(source.newBatch());
        }
        worker = new Thread(this::work, "ambispike-batches");
        worker.setDaemon(true);
        worker.start();
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
            recycleCurrent();
            free.addAll(ready);
            ready.clear();
            this.epoch = epoch;
            request++;
            unfilled = batchesPerEpoch;
            undelivered = batchesPerEpoch;
            lock.notifyAll();
        }
    }

    /**
     * Waits for the next batch of the epoch; what the last one held is lost. False when the epoch has no more.
     *
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
            try {
                while (ready.isEmpty() && failure == null && !closed) {
                    lock.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                CancellationException cancelled = new CancellationException("interrupted while waiting for a batch");
                cancelled.initCause(e);
                throw cancelled;
            }
            checkOpen();
            if (ready.isEmpty()) {
                throw new IllegalStateException("preparing a batch of epoch " + epoch + " failed: " + failure, failure);
            }
            undelivered--;
            current = ready.remove();
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

    /** Ends the thread, waiting at most for the one batch it is preparing. Closing again does nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            current = null;
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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

    private void work() {
        try {
            long begun = 0;
            while (true) {
                Batch target;
                long wanted;
                int epochWanted;
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
                    epochWanted = epoch;
                    index = batchesPerEpoch - unfilled--;
                }
                if (wanted != begun) {
                    source.begin(epochWanted);
                    begun = wanted;
                }
                source.fill(index, target);
                synchronized (lock) {
                    (wanted == request ? ready : free).add(target);
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
