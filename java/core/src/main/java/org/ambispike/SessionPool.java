package org.ambispike;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.ambispike.device.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of one model for many threads, as in a server: a thread gets a session for the time of one piece of work, in
 * the order in which threads came. Thread-safe. Whichever session answers, equal images in equal batches give equal bits.
 *
 * <p>A call computes on the caller's own thread. By default each session has one CPU thread and there are as many sessions
 * as processors: many small requests are served fastest without threads that wait for each other.
 */
public final class SessionPool implements AutoCloseable {
    /** How long a thread waits for a session, unless told otherwise. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);
    private static final int MORE_THAN_WAIT = 1 << 20;

    private final int sessions;
    private final Duration patience;
    private final Semaphore permits;
    private final Queue<SpikingSession> idle = new ConcurrentLinkedQueue<>();
    private final CountDownLatch toFree;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SessionPool(int sessions, Duration patience) {
        this.sessions = sessions;
        this.patience = patience;
        this.permits = new Semaphore(sessions, true);
        this.toFree = new CountDownLatch(sessions);
    }

    /** A pool for the whole device: as many sessions as there are processors, divided by the threads of each. */
    public static SessionPool open(SpikingModel model, SessionOptions options) {
        int processors = Runtime.getRuntime().availableProcessors();
        return open(model, options, Math.max(1, processors / options.threads().orElse(1)), DEFAULT_PATIENCE);
    }

    /**
     * A pool of so many sessions.
     *
     * @param options of each session; one CPU thread unless they say more
     * @param sessions at least 1
     * @param patience how long a thread waits for a session, and {@link #close} for sessions that are lent
     * @throws org.ambispike.common.InputException if the device that the options ask for is not there
     * @throws org.ambispike.common.BackendException if a session cannot be opened; none stays open then
     */
    public static SessionPool open(SpikingModel model, SessionOptions options, int sessions, Duration patience) {
        if (sessions < 1 || patience.isNegative()) {
            throw new IllegalArgumentException(
                    "a pool needs at least one session and no negative patience, got " + sessions + " and " + patience);
        }
        SessionPool pool = new SessionPool(sessions, patience);
        Device device = Device.choose(options.device(), options.precision());
        try {
            for (int index = 0; index < sessions; index++) {
                pool.idle.add(new SpikingSession(
                        model, options, device.open(options.threads().orElse(1)), true));
            }
        } catch (RuntimeException e) {
            pool.freeIdle();
            throw e;
        }
        return pool;
    }

    /** The number of sessions, lent or not. */
    public int sessions() {
        return sessions;
    }

    /** The number of sessions that nobody has at this moment. */
    public int idle() {
        return idle.size();
    }

    /** Runs images on the next free session, see {@link SpikingSession#run(FloatBuffer, int)}. */
    public SpikingResult run(FloatBuffer images, int timeSteps) {
        return with(session -> session.run(images, timeSteps));
    }

    /** Runs images on the next free session, see {@link SpikingSession#run(FloatBuffer, int, ExitRule)}. */
    public SpikingResult run(FloatBuffer images, int timeSteps, ExitRule rule) {
        return with(session -> session.run(images, timeSteps, rule));
    }

    /**
     * Lends the next free session to a piece of work, which must not keep it.
     *
     * @throws RejectedExecutionException if none became free within the pool's patience
     * @throws CancellationException if this thread is interrupted while it waits; its interrupt flag stays set
     * @throws IllegalStateException if the pool is closed
     */
    public <R> R with(Function<? super SpikingSession, ? extends R> work) {
        SpikingSession session = borrow();
        try {
            return work.apply(session);
        } finally {
            giveBack(session);
        }
    }

    private SpikingSession borrow() {
        try {
            if (!closed.get() && !permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new RejectedExecutionException("none of the " + sessions + " sessions became free within "
                        + patience.toMillis() + " ms; open the pool with more sessions or more patience");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted while waiting for a session");
            cancelled.initCause(e);
            throw cancelled;
        }
        // a permit is a session in the queue, unless the pool was closed meanwhile
        SpikingSession session = closed.get() ? null : idle.poll();
        if (session == null) {
            throw new IllegalStateException("this pool is closed");
        }
        return session;
    }

    private void giveBack(SpikingSession session) {
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
        freeIdle();
        try {
            if (!toFree.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("{} session(s) are still lent; they are closed when they come back", toFree.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
