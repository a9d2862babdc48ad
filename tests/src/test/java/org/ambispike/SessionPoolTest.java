package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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

    private SessionPool open(int sessions, Duration patience) {
        PoolOptions pool =
                PoolOptions.builder().sessions(sessions).patience(patience).build();
        return SessionPool.open(model, OPTIONS, pool);
    }

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
        try (SessionPool pool = open(3, LONG)) {
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
        try (SessionPool pool = open(1, Duration.ofMillis(50))) {
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
        try (SessionPool pool = open(1, LONG)) {
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
        try (SessionPool pool = open(1, LONG)) {
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
        SessionPool pool = open(1, LONG);
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
        try (SessionPool pool = open(1, LONG)) {
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
        assertThatThrownBy(() -> open(0, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one session");
    }

    private SessionPool gathering(int sessions, Duration delay) {
        return SessionPool.open(
                model,
                OPTIONS,
                PoolOptions.builder()
                        .sessions(sessions)
                        .patience(LONG)
                        .gathering(delay)
                        .mostWaiting(500)
                        .build());
    }

    private static Images image(int seed) {
        return Images.of(SmallNetworks.exactImages(1, seed));
    }

    @Test
    void requestsWithoutGatheringGetTheBitsOfASession() throws Exception {
        try (SessionPool pool = open(2, LONG)) {
            List<Case> cases = cases();
            List<CompletableFuture<SpikingResult>> answers = cases.stream()
                    .map(each -> pool.runAsync(Images.of(each.images()), each.timeSteps(), each.rule()))
                    .toList();
            for (int index = 0; index < cases.size(); index++) {
                assertThat(answers.get(index).get(60, TimeUnit.SECONDS).logits())
                        .isEqualTo(cases.get(index).logits());
            }
            PoolMetrics metrics = pool.metrics();
            assertThat(metrics.images())
                    .isEqualTo(cases.stream()
                            .mapToInt(each -> each.images().remaining() / 72)
                            .sum());
            assertThat(metrics.latencies().count()).isEqualTo(cases.size());
            assertThat(metrics.waits().count()).isEqualTo(cases.size());
            assertThat(metrics.latencies().total())
                    .isGreaterThanOrEqualTo(metrics.waits().total());
            assertThat(metrics.latencies().quantile(0.5))
                    .isPositive()
                    .isLessThanOrEqualTo(metrics.latencies().longest());
            assertThat(metrics.rejected()).isZero();
            assertThat(metrics.waiting()).isZero();
            assertThat(metrics.idle()).isEqualTo(2);
        }
    }

    /** A batch of 8 is full before the delay of a minute is over: all 16 are answered at once, in two batches. */
    @Test
    void singleRequestsOfOneKindAreGathered() throws Exception {
        SessionPool pool = gathering(1, Duration.ofMinutes(1));
        List<CompletableFuture<SpikingResult>> answers = new ArrayList<>();
        for (int index = 0; index < 16; index++) {
            answers.add(pool.runAsync(image(index), 3));
        }
        CompletableFuture<SpikingResult> other = pool.runAsync(image(99), 2);
        try (SpikingSession session = model.openSession(OPTIONS)) {
            for (int index = 0; index < 16; index++) {
                SpikingResult answer = answers.get(index).get(30, TimeUnit.SECONDS);
                float[] expected = session.run(image(index), 3).logits();
                assertThat(answer.images()).isEqualTo(1);
                assertThat(answer.timeSteps(0)).isEqualTo(3);
                for (int each = 0; each < expected.length; each++) {
                    assertThat(answer.logits()[each]).isCloseTo(expected[each], within(1e-5f));
                }
            }
        }
        assertThat(other).as("it waits for more of T = 2").isNotDone();
        assertThat(pool.metrics().images()).isEqualTo(16);
        assertThat(pool.metrics().timeSteps()).isEqualTo(48);
        assertThat(pool.metrics().waiting()).isEqualTo(1);
        pool.close();
        assertThatThrownBy(other::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.runAsync(image(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLoneRequestWaitsNoLongerThanTheDelay() {
        try (SessionPool pool = gathering(2, Duration.ofMillis(20))) {
            assertThat(pool.run(image(1)).timeSteps(0)).isEqualTo(4);
            assertThat(pool.metrics().waits().longest()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
            assertThat(pool.run(Images.of(SmallNetworks.exactImages(19, 5)), 2).images())
                    .as("more than a batch")
                    .isEqualTo(19);
        }
    }

    @Test
    void aRequestThatIsWrongSpoilsNoOther() {
        try (SessionPool pool = gathering(1, Duration.ofMillis(200))) {
            CompletableFuture<SpikingResult> good = pool.runAsync(image(1), 2);
            float[] damaged = SmallNetworks.exactImages(1, 2);
            damaged[5] = Float.NaN;
            assertThatThrownBy(() -> pool.runAsync(Images.of(damaged), 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NaN at 5");
            assertThatThrownBy(() -> pool.run(image(1), 33))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("from 1 to 32");
            CompletableFuture<SpikingResult> cancelled = pool.runAsync(image(3), 2);
            cancelled.cancel(false);
            assertThat(good.join().images()).isEqualTo(1);
            assertThat(pool.metrics().images()).isEqualTo(1);
        }
    }

    @Test
    void tooManyWaitingRequestsAreRejectedAtOnce() {
        try (SessionPool pool = gathering(1, Duration.ofMinutes(1))) {
            for (int index = 0; index < 500; index++) {
                pool.runAsync(image(index), 1 + index / 7 % 32, ExitRule.margin(1.0 / (1 + index)));
            }
            assertThatThrownBy(() -> pool.runAsync(image(1), 2))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("500 requests wait already");
            assertThat(pool.metrics().rejected()).isEqualTo(1);
        }
    }

    @Test
    void requestsThatWaitTooLongAreRejected() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (SessionPool pool = open(1, Duration.ofMillis(50))) {
            Future<?> holder = hold(pool, letGo);
            assertThatThrownBy(() -> pool.runAsync(image(1), 2).get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            letGo.countDown();
            holder.get();
            pool.warmUp(4, 1, 3);
            assertThat(pool.idle()).isEqualTo(1);
            assertThat(pool.metrics().rejected()).isEqualTo(1);
        }
    }

    @Test
    void closedPoolsLeaveNoThreads() {
        SessionPool pool = gathering(3, Duration.ofMillis(1));
        pool.run(image(1), 2);
        assertThat(poolThreads()).isEqualTo(3);
        pool.close();
        assertThat(poolThreads()).isZero();
    }

    private static long poolThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ambispike-pool"))
                .count();
    }

    @Test
    void quantilesAreWithinAQuarterAbove() {
        PoolMeter meter = new PoolMeter();
        long now = System.nanoTime();
        for (int seconds = 1; seconds <= 100; seconds++) {
            meter.ended(now - seconds * 1_000_000_000L);
        }
        PoolMetrics.Times times = meter.metrics(1, 1, 0).latencies();
        assertThat(times.quantile(0.5)).isBetween(Duration.ofSeconds(50), Duration.ofMillis(62_600));
        assertThat(times.quantile(0.99)).isBetween(Duration.ofSeconds(99), Duration.ofSeconds(124));
        assertThat(times.quantile(1)).isEqualTo(times.longest());
        assertThat(times.count()).isEqualTo(100);
    }
}
