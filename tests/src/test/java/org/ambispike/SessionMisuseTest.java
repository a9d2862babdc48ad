package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ambispike.SessionOptions.Input;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.support.SmallNetworks;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session says to wrong arguments, at the wrong time, and from the wrong thread. */
class SessionMisuseTest {
    private static final int IMAGE = Math.toIntExact(SmallNetworks.IMAGE.elements());
    private static final int CLASSES = SmallNetworks.CLASSES;
    private static final SessionOptions OPTIONS = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(1)
            .withBatch(4)
            .withLargestTimeSteps(8)
            .withInput(Input.NORMALISED);

    private final SpikingModel model = SpikingModel.of(SmallNetworks.exact(NeuronVariant.PAIR, false, 3));
    private final SpikingSession session = model.openSession(OPTIONS);
    private final FloatBuffer images = FloatBuffer.wrap(SmallNetworks.exactImages(2, 1));
    private final FloatBuffer logits = FloatBuffer.allocate(2 * CLASSES);

    @AfterEach
    void close() {
        session.close();
    }

    private void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).satisfies(e -> assertThat(e.getMessage())
                .contains(parts));
        float[] after = session.run(images, 3).logits();
        try (SpikingSession fresh = model.openSession(OPTIONS)) {
            assertThat(after)
                    .as("the session goes on")
                    .isEqualTo(fresh.run(images, 3).logits());
        }
    }

    @Test
    void wrongSizesAreNamed() {
        refused(() -> session.run(FloatBuffer.allocate(0), 2), "0 values", "multiple of " + IMAGE, "[6, 6, 2]");
        refused(() -> session.run(FloatBuffer.allocate(IMAGE + 1), 2), IMAGE + 1 + " values");
        refused(() -> session.begin(FloatBuffer.allocate(5 * IMAGE)), "5 images");
        refused(() -> session.runInto(images, 2, FloatBuffer.allocate(2 * CLASSES - 1)), "logits", "room for 7", "8");
        refused(() -> session.runInto(images, 2, logits.asReadOnlyBuffer()), "read-only");
        refused(
                () -> session.runInto(images, 2, ExitRule.never(), logits, IntBuffer.allocate(1)),
                "time steps",
                "room for 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 9})
    void timeStepsOutOfRangeAreNamed(int timeSteps) {
        refused(() -> session.run(images, timeSteps), "T must be from 1 to 8", "got " + timeSteps);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void valuesThatAreNotFiniteAreNamed(float bad) {
        FloatBuffer damaged = FloatBuffer.wrap(SmallNetworks.exactImages(2, 1)).put(IMAGE + 5, bad);
        refused(() -> session.run(damaged, 2), "image 1 holds " + bad + " at 5", "finite");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, -0.5f, 255.5f, Float.POSITIVE_INFINITY})
    void valuesThatAreNoPixelsAreNamed(float bad) {
        FloatBuffer damaged = FloatBuffer.allocate(IMAGE).put(17, bad);
        try (SpikingSession pixels = model.openSession(OPTIONS.withInput(Input.PIXELS))) {
            assertThatThrownBy(() -> pixels.run(damaged, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("image 0 holds " + bad + " at 17")
                    .hasMessageContaining("0 to 255");
        }
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        SessionOptions defaults = SessionOptions.defaults();
        List<ThrowingCallable> calls = List.of(
                () -> defaults.withBatch(0),
                () -> defaults.withThreads(0),
                () -> defaults.withLargestTimeSteps(0),
                () -> defaults.withLargestTimeSteps(1025));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be from 1 to"));
    }

    @Test
    void stepsNeedABeginning() {
        assertThatThrownBy(session::step)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("begin");
        session.begin(images);
        session.step();
        session.run(images, 2);
        assertThatThrownBy(() -> session.stepInto(logits))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after a run");
    }

    @Test
    void ratesMustBeAskedFor() {
        session.run(images, 2);
        assertThatThrownBy(session::rates)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withRates");
        try (SpikingSession recording = model.openSession(OPTIONS.withRates())) {
            assertThatThrownBy(recording::rates)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("before the first time step");
            recording.run(images, 2);
            assertThat(recording.rates()).hasSize(2);
            recording.begin(images);
            assertThatThrownBy(recording::rates).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aClosedSessionSaysSo() {
        session.begin(images);
        session.close();
        List<ThrowingCallable> calls = List.of(
                () -> session.run(images, 2),
                () -> session.run(images, 2, ExitRule.margin(0.5)),
                () -> session.runInto(images, 2, logits),
                () -> session.begin(images),
                session::step,
                () -> session.stepInto(logits),
                session::rates,
                session::memoryBytes);
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this session is closed"));
    }

    /** Both threads run over and over until they have met; whoever comes second is told. */
    @Test
    void aSessionThatTwoThreadsEnterSaysSo() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicInteger told = new AtomicInteger();
        CountDownLatch met = new CountDownLatch(1);
        float[] expected = session.run(images, 8).logits();
        try {
            List<Future<?>> futures = List.of(1, 2).stream()
                    .<Future<?>>map(thread -> threads.submit(() -> {
                        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                        while (met.getCount() > 0 && System.nanoTime() < deadline) {
                            try {
                                assertThat(session.run(images, 8).logits()).isEqualTo(expected);
                            } catch (IllegalStateException e) {
                                assertThat(e).hasMessageContaining("in use by thread");
                                told.incrementAndGet();
                                met.countDown();
                            }
                        }
                    }))
                    .toList();
            for (Future<?> future : futures) {
                future.get(90, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(told.get()).isPositive();
        assertThat(session.run(images, 8).logits()).isEqualTo(expected);
    }

    @Test
    void differentThreadsMayTakeTurns() throws Exception {
        float[] expected = session.run(images, 4).logits();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            assertThat(other.submit(() -> session.run(images, 4).logits()).get())
                    .isEqualTo(expected);
            other.submit(session::close).get();
        } finally {
            other.shutdown();
        }
        assertThatThrownBy(() -> session.run(images, 4)).hasMessage("this session is closed");
    }

    @Test
    void aDeviceThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> model.openSession(OPTIONS.withDevice(Device.Request.CUDA)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cuda");
    }
}
