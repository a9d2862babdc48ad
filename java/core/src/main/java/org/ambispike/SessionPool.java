package org.ambispike;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.ambispike.backend.Backend;
import org.ambispike.device.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of one model for many threads, as in a server: a thread gets a session for the time of one piece of work, in
 * the order in which threads came. Thread-safe. Whichever session answers, equal images in equal batches give equal bits.
 *
 * <p>{@link #run} computes on the caller's own thread, {@link #runAsync} on one of the pool's; a pool that gathers does both on its
 * own, several requests at a time, which may change the last bits. By default each session has one CPU thread and there are as many
 * sessions as processors: many small requests are served fastest without threads that wait for each other.
 */
public final class SessionPool implements Predictor {
    static final String CLOSED = "this pool is closed";

    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);
    private static final int MORE_THAN_WAIT = 1 << 20;

    private final SpikingModel model;
    private final PoolOptions options;
    private final int sessions;
    private final PoolMeter meter = new PoolMeter();
    private final Semaphore permits;
    private final Queue<SpikingSession> idle = new ConcurrentLinkedQueue<>();
    private final CountDownLatch toFree;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final RequestQueue requests;

    private SessionPool(SpikingModel model, SessionOptions session, PoolOptions options) {
        int processors = Runtime.getRuntime().availableProcessors();
        this.model = model;
        this.options = options;
        this.sessions = options.sessions()
                .orElse(Math.max(1, processors / session.threads().orElse(1)));
        this.permits = new Semaphore(sessions, true);
        this.toFree = new CountDownLatch(sessions);
        this.requests = new RequestQueue(this, meter, session, options);
    }

    /** Opens a pool with {@link PoolOptions#defaults}. */
    public static SessionPool open(SpikingModel model, SessionOptions session) {
        return open(model, session, PoolOptions.defaults());
    }

    /**
     * Opens a pool.
     *
     * @param session options of each session; one CPU thread unless they say more
     * @throws org.ambispike.common.InputException if the device that the options ask for is not there
     * @throws org.ambispike.common.BackendException if a session cannot be opened; none stays open then
     */
    public static SessionPool open(SpikingModel model, SessionOptions session, PoolOptions options) {
        SessionPool pool = new SessionPool(model, session, options);
        Device device = Device.choose(session.device(), session.precision());
        try {
            for (int index = 0; index < pool.sessions; index++) {
                pool.idle.add(new SpikingSession(
                        model, session, Backend.of(device.open(session.threads().orElse(1))), Optional.of(pool.meter)));
            }
        } catch (RuntimeException e) {
            pool.freeIdle();
            throw e;
        }
        return pool;
    }

    @Override
    public SpikingModel model() {
        return model;
    }

    /** The number of sessions, lent or not. */
    public int sessions() {
        return sessions;
    }

    /** The number of sessions that nobody has at this moment. */
    public int idle() {
        return idle.size();
    }

    /** Returns what the pool did since it was opened. */
    public PoolMetrics metrics() {
        return meter.metrics(sessions, idle(), permits.getQueueLength() + requests.size());
    }

    /**
     * Runs images on the next free session.
     *
     * @throws RejectedExecutionException if none became free within the pool's patience
     * @throws CancellationException if this thread is interrupted while it waits; its interrupt flag stays set
     */
    @Override
    public SpikingResult run(Images images, int timeSteps, ExitRule rule) {
        if (options.gathering().isZero()) {
            return with(session -> session.run(images, timeSteps, rule));
        }
        CompletableFuture<SpikingResult> answer = runAsync(images, timeSteps, rule);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause(); // sessions throw nothing that is checked
        }
    }

    /**
     * Runs images on a thread of the pool's, which copies them first. Cancelling the answer keeps what has not begun from being
     * computed. What depends on the answer runs on the pool's thread, so long work should take another.
     *
     * @return fails with {@link RejectedExecutionException} if no session became free within the pool's patience
     * @throws IllegalArgumentException if the images do not fit
     * @throws RejectedExecutionException if as many requests wait as may
     * @throws IllegalStateException if the pool is closed
     */
    @Override
    public CompletableFuture<SpikingResult> runAsync(Images images, int timeSteps, ExitRule rule) {
        return requests.add(images.values(model.inputShape()), images.form(), timeSteps, rule);
    }

    /** Prepares every session, one after another, as {@link SpikingSession#warmUp} does. */
    public synchronized void warmUp(int timeSteps, int... batches) {
        List<SpikingSession> all = new ArrayList<>();
        try {
            for (int index = 0; index < sessions; index++) {
                all.add(borrow());
                all.get(index).warmUp(timeSteps, batches);
            }
        } finally {
            all.forEach(this::giveBack);
        }
    }

    /**
     * Lends the next free session to a piece of work, which must not keep it.
     *
     * @throws RejectedExecutionException if none became free within the pool's patience
     * @throws CancellationException if this thread is interrupted while it waits; its interrupt flag stays set
     * @throws IllegalStateException if the pool is closed
     */
    public <R> R with(Function<? super SpikingSession, ? extends R> work) {
        long came = System.nanoTime();
        SpikingSession session;
        try {
            session = borrow();
        } catch (RejectedExecutionException e) {
            meter.rejected();
            throw e;
        }
        meter.began(came);
        try {
            return work.apply(session);
        } finally {
            meter.ended(came);
            giveBack(session);
        }
    }

    SpikingSession borrow() {
        try {
            if (!closed.get() && !permits.tryAcquire(options.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                throw impatience();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        // a permit is a session in the queue, unless the pool was closed meanwhile
        SpikingSession session = closed.get() ? null : idle.poll();
        if (session == null) {
            throw new IllegalStateException(CLOSED);
        }
        return session;
    }

    RejectedExecutionException impatience() {
        return new RejectedExecutionException("none of the " + sessions + " sessions became free within "
                + options.patience().toMillis() + " ms; open the pool with more sessions or more patience");
    }

    private static CancellationException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        CancellationException cancelled = new CancellationException("interrupted while waiting for a session");
        cancelled.initCause(e);
        return cancelled;
    }

    void giveBack(SpikingSession session) {
        idle.add(session);
        permits.release();
        if (closed.get()) {
            freeIdle();
        }
    }

    private void freeIdle() {
        for (SpikingSession session = idle.poll(); session != null; session = idle.poll()) {
            session.free();
            toFree.countDown();
        }
    }

    /**
     * Turns away whoever waits, waits for sessions that are lent, and closes all; a second call does nothing. Sessions that
     * do not come back within the pool's patience are closed when they do.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        permits.release(MORE_THAN_WAIT);
        requests.close();
        freeIdle();
        try {
            if (!toFree.await(options.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("{} session(s) are still lent; they are closed when they come back", toFree.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
