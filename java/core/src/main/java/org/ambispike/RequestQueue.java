package org.ambispike;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.ambispike.common.Workers;
import org.ambispike.run.ImageStage;

/**
 * Requests that a pool answers on threads of its own, one for each session, which start with the first request. Where the pool
 * gathers, one thread at a time waits for requests that go with the first. Thread-safe.
 */
final class RequestQueue implements AutoCloseable {
    /**
     * Images that were checked and normalised already, so that one that is wrong spoils no batch.
     *
     * @param values [count, H, W, C]
     * @param came when, by {@link System#nanoTime}
     */
    private record Request(
            float[] values,
            int count,
            int timeSteps,
            ExitRule rule,
            CompletableFuture<SpikingResult> answer,
            long came) {
        boolean goesWith(Request other) {
            return timeSteps == other.timeSteps && rule.equals(other.rule);
        }
    }

    private final SessionPool pool;
    private final PoolMeter meter;
    private final ImageStage stage;
    private final int batch;
    private final PoolOptions options;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean gathering;
    private boolean closed;

    /** @param session for which the sessions of the pool are opened */
    RequestQueue(SessionPool pool, PoolMeter meter, SessionOptions session, PoolOptions options) {
        this.pool = pool;
        this.meter = meter;
        this.stage = session.withBatch(1).stage(pool.model().saved());
        this.batch = session.batch();
        this.options = options;
    }

    /** Returns how many requests wait. */
    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a request; its images are copied. */
    CompletableFuture<SpikingResult> add(Buffer images, ImageStage.Form form, int timeSteps, ExitRule rule) {
        int count = stage.count(images);
        ImageStage copy = stage.withCapacity(count);
        copy.take(images, form, 0);
        Request request =
                new Request(copy.values(), count, timeSteps, rule, new CompletableFuture<>(), System.nanoTime());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(SessionPool.CLOSED);
            }
            if (waiting.size() >= options.mostWaiting()) {
                meter.rejected();
                throw new RejectedExecutionException(waiting.size() + " requests wait already; open the pool with more"
                        + " sessions, or let more wait (PoolOptions.mostWaiting)");
            }
            waiting.add(request);
            while (threads.size() < pool.sessions()) {
                Thread thread = new Thread(this::serve, "ambispike-pool-" + threads.size());
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
            changed.signalAll();
            return request.answer();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        for (List<Request> next = take(); !next.isEmpty(); next = take()) {
            next.stream().filter(request -> !due(request)).forEach(this::reject);
            List<Request> due = next.stream().filter(this::due).toList();
            if (!due.isEmpty()) {
                compute(due).forEach(Runnable::run);
            }
        }
    }

    /** Empty once this is closed. */
    private List<Request> take() {
        lock.lock();
        try {
            while (!closed && (gathering || waiting.isEmpty())) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return List.of();
            }
            gathering = true;
            Request first = waiting.getFirst();
            long end = first.came() + options.gathering().toNanos();
            for (long left = end - System.nanoTime(); left > 0 && !closed && !fills(first); ) {
                left = awaitNanos(left);
            }
            gathering = false;
            changed.signalAll();
            return closed ? List.of() : removeBatch();
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt, which nobody sends, ends the gathering alone. */
    private long awaitNanos(long left) {
        try {
            return changed.awaitNanos(left);
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private boolean fills(Request first) {
        int images = 0;
        for (Request request : waiting) {
            images += request.goesWith(first) ? request.count() : 0;
            if (images >= batch) {
                return true;
            }
        }
        return false;
    }

    private List<Request> removeBatch() {
        Request first = waiting.removeFirst();
        List<Request> taken = new ArrayList<>(List.of(first));
        int images = first.count();
        if (!options.gathering().isZero()) {
            for (Iterator<Request> rest = waiting.iterator(); rest.hasNext() && images < batch; ) {
                Request request = rest.next();
                if (request.goesWith(first) && images + request.count() <= batch) {
                    rest.remove();
                    taken.add(request);
                    images += request.count();
                }
            }
        }
        return taken;
    }

    /** Whether somebody still waits for it. */
    private boolean due(Request request) {
        return !request.answer().isDone()
                && System.nanoTime() - request.came() <= options.patience().toNanos();
    }

    private void reject(Request request) {
        if (request.answer().completeExceptionally(pool.impatience())) {
            meter.rejected();
        }
    }

    /** Computes, and returns what tells the answers, once the session is given back. */
    private List<Runnable> compute(List<Request> requests) {
        SpikingSession session;
        try {
            session = pool.borrow();
        } catch (RuntimeException e) { // none became free in time, or the pool was closed
            return requests.stream()
                    .<Runnable>map(request -> () -> fail(request, e))
                    .toList();
        }
        try {
            requests.forEach(request -> meter.began(request.came()));
            return answers(session, requests);
        } finally {
            pool.giveBack(session);
        }
    }

    private List<Runnable> answers(SpikingSession session, List<Request> requests) {
        Request first = requests.get(0);
        try {
            FloatBuffer values = FloatBuffer.wrap(first.values());
            if (requests.size() > 1) {
                values = FloatBuffer.allocate(
                        requests.stream().mapToInt(each -> each.values().length).sum());
                for (Request request : requests) {
                    values.put(request.values());
                }
                values.flip();
            }
            SpikingResult all = session.run(values, ImageStage.Form.NORMALISED, first.timeSteps(), first.rule());
            List<Runnable> answers = new ArrayList<>();
            int from = 0;
            for (Request request : requests) {
                SpikingResult part = requests.size() == 1 ? all : all.part(from, request.count());
                answers.add(() -> {
                    meter.ended(request.came());
                    request.answer().complete(part);
                });
                from += request.count();
            }
            return answers;
        } catch (RuntimeException | Error e) {
            if (requests.size() == 1) {
                return List.of(() -> fail(first, e));
            }
            // one image may have spoilt it for all
            return requests.stream()
                    .flatMap(each -> answers(session, List.of(each)).stream())
                    .toList();
        }
    }

    private void fail(Request request, Throwable failure) {
        if (failure instanceof RejectedExecutionException) {
            meter.rejected();
        } else {
            meter.ended(request.came());
        }
        request.answer().completeExceptionally(failure);
    }

    /** Turns away who waits, and waits for the threads. */
    @Override
    public void close() {
        List<Request> rest;
        lock.lock();
        try {
            closed = true;
            rest = new ArrayList<>(waiting);
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        rest.forEach(request -> request.answer().completeExceptionally(new IllegalStateException(SessionPool.CLOSED)));
        Workers.join(threads.stream()
                .filter(thread -> thread != Thread.currentThread())
                .toList());
    }
}
