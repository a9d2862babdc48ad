package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.ambispike.SessionOptions.Input;
import org.ambispike.device.Device;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads on a few sessions. */
class SessionPoolTest {
    private static final int THREADS = 8;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final SessionOptions OPTIONS = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(1)
            .withBatch(8)
            .withInput(Input.NORMALISED);

    private final SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A request and what a single session answers. */
    private record Case(FloatBuffer images, int timeSteps, ExitRule rule, float[] logits) {}

    private List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        try (SpikingSession session = model.openSession(OPTIONS)) {
            for (int index = 0; index < 24; index++) {
                FloatBuffer images = FloatBuffer.wrap(SmallNetworks.exactImages(1 + index % 8, index));
                int timeSteps = 1 + index % 5;
                ExitRule rule = index % 3 == 0 ? ExitRule.margin(0.2) : ExitRule.never();
                cases.add(new Case(
                        images,
                        timeSteps,
                        rule,
                        session.run(images, timeSteps, rule).logits()));
            }
        }
        return cases;
    }

    @Test
    void manyThreadsGetTheBitsOfASingleSession() throws Exception {
        List<Case> cases = cases();
        try (SessionPool pool = SessionPool.open(model, OPTIONS, 3, LONG)) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            List<Future<Integer>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                futures.add(threads.submit(() -> {
                    int answers = 0;
                    while (System.nanoTime() < deadline) {
                        Case next = cases.get(random.nextInt(cases.size()));
                        SpikingResult result = pool.run(next.images(), next.timeSteps(), next.rule());
                        assertThat(result.logits()).isEqualTo(next.logits());
                        answers++;
                    }
                    return answers;
                }));
            }
            for (Future<Integer> future : futures) {
                assertThat(future.get(60, TimeUnit.SECONDS))
                        .as("nobody starves")
                        .isGreaterThan(10);
            }
            assertThat(pool.idle()).isEqualTo(pool.sessions()).isEqualTo(3);
        }
    }

    /** Holds a session of the pool until told to let go. */
    private Future<?> hold(SessionPool pool, CountDownLatch letGo) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        Future<?> holder = threads.submit(() -> pool.with(session -> {
            held.countDown();
            try {
                return letGo.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
        return holder;
    }

    @Test
    void waitingEnds() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (SessionPool pool = SessionPool.open(model, OPTIONS, 1, Duration.ofMillis(50))) {
            Future<?> holder = hold(pool, letGo);
            assertThatThrownBy(() -> pool.with(SpikingSession::memoryBytes))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("none of the 1 sessions")
                    .hasMessageContaining("50 ms");
            letGo.countDown();
            holder.get();
            assertThat(pool.with(SpikingSession::memoryBytes)).isPositive();
        }
    }

    @Test
    void anInterruptEndsWaitingAndStaysSet() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (SessionPool pool = SessionPool.open(model, OPTIONS, 1, LONG)) {
            Future<?> holder = hold(pool, letGo);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> pool.with(SpikingSession::memoryBytes)).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            letGo.countDown();
            holder.get();
        }
    }

    @Test
    void threadsAreServedInTheOrderInWhichTheyCame() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        List<Integer> served = new CopyOnWriteArrayList<>();
        try (SessionPool pool = SessionPool.open(model, OPTIONS, 1, LONG)) {
            Future<?> holder = hold(pool, letGo);
            List<Thread> waiting = new ArrayList<>();
            for (int index = 0; index < 5; index++) {
                int number = index;
                Thread thread = new Thread(() -> pool.with(session -> served.add(number)));
                thread.start();
                waiting.add(thread);
                while (thread.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            letGo.countDown();
            holder.get();
            for (Thread thread : waiting) {
                thread.join();
            }
        }
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void closingTurnsAwayWhoWaitsAndWaitsForWhoWorks() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        SessionPool pool = SessionPool.open(model, OPTIONS, 1, LONG);
        Future<?> holder = hold(pool, letGo);
        Future<?> waiter = threads.submit(() -> pool.with(SpikingSession::memoryBytes));
        Future<?> closer = threads.submit(pool::close);
        assertThatThrownBy(() -> waiter.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this pool is closed");
        assertThat(closer.isDone()).isFalse();
        letGo.countDown();
        holder.get(60, TimeUnit.SECONDS);
        closer.get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> pool.run(FloatBuffer.allocate(72), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this pool is closed");
        pool.close();
    }

    @Test
    void aSessionThatIsKeptIsClosedWithThePool() {
        SpikingSession kept;
        try (SessionPool pool = SessionPool.open(model, OPTIONS, 1, LONG)) {
            kept = pool.with(session -> session);
            assertThatThrownBy(() -> pool.with(session -> {
                        session.close();
                        return 0;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to a SessionPool");
            assertThat(pool.idle()).as("work that fails gives its session back").isEqualTo(1);
        }
        assertThatThrownBy(kept::memoryBytes).hasMessage("this session is closed");
    }

    @Test
    void aPoolIsSizedToTheDevice() {
        int processors = Runtime.getRuntime().availableProcessors();
        try (SessionPool pool = SessionPool.open(model, OPTIONS)) {
            assertThat(pool.sessions()).isEqualTo(processors);
        }
        try (SessionPool pool = SessionPool.open(model, OPTIONS.withThreads(2 * processors))) {
            assertThat(pool.sessions()).isEqualTo(1);
        }
        assertThatThrownBy(() -> SessionPool.open(model, OPTIONS, 0, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one session");
    }
}
