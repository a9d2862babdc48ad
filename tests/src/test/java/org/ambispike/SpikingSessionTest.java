package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.SessionOptions.Input;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.support.ChildJvm;
import org.ambispike.support.ReferenceNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A session's answers against a plain reference and against each other. The networks are such that every sum is exact, so
 * that all ways of running them must agree to the last bit.
 */
class SpikingSessionTest {
    private static final int IMAGE = Math.toIntExact(SmallNetworks.IMAGE.elements());
    private static final int CLASSES = SmallNetworks.CLASSES;
    private static final SessionOptions NORMALISED = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(2)
            .withBatch(9)
            .withLargestTimeSteps(8)
            .withInput(Input.NORMALISED);

    private final SpikingModel model = SpikingModel.of(SmallNetworks.exact(NeuronVariant.PAIR, true, 3));
    private final float[] images = SmallNetworks.exactImages(9, 4);

    /** Opens a session of each kind. */
    public static void main(String[] arguments) {
        SpikingModel snn = SpikingModel.of(SmallNetworks.exact(NeuronVariant.PAIR, true, 3));
        AnnModel.of(SmallNetworks.clippedAnn(3)).openSession(NORMALISED).close();
        snn.openSession(NORMALISED).close();
        SessionPool.open(snn, NORMALISED, PoolOptions.builder().sessions(1).build())
                .close();
    }

    /** What a simple logger shows is settled when Java starts. */
    @ParameterizedTest
    @CsvSource({"debug, 3", "info, 0"})
    void eachLogsItsDevice(String level, int lines) throws Exception {
        ChildJvm child =
                ChildJvm.run(SpikingSessionTest.class, List.of("-Dorg.slf4j.simpleLogger.log.org.ambispike=" + level));
        assertThat(child.code()).as(child.printed()).isZero();
        assertThat(child.printed().lines().filter(line -> line.contains("DEBUG")))
                .hasSize(lines)
                .allSatisfy(line ->
                        assertThat(line).containsPattern("opened cpu: 2 threads, .* kernels .* \\(asked for\\)$"));
    }

    private FloatBuffer first(int count) {
        return FloatBuffer.wrap(images, 0, count * IMAGE);
    }

    private float[] image(int index) {
        return Arrays.copyOfRange(images, index * IMAGE, (index + 1) * IMAGE);
    }

    private float[] reference(int image, int timeSteps) {
        return reference(model, image, timeSteps);
    }

    private float[] reference(SpikingModel snn, int image, int timeSteps) {
        ReferenceNetwork reference = new ReferenceNetwork(snn.saved());
        double[] logits = {};
        for (int t = 0; t < timeSteps; t++) {
            logits = reference.step(image(image));
        }
        float[] means = new float[CLASSES];
        for (int index = 0; index < CLASSES; index++) {
            // the sum is exact, its mean is rounded as the kernel rounds it
            means[index] = (float) (logits[index] * timeSteps) * (1f / timeSteps);
        }
        return means;
    }

    @ParameterizedTest
    @EnumSource(NeuronVariant.class)
    void logitsAreThoseOfTheReference(NeuronVariant variant) {
        SpikingModel other = SpikingModel.of(SmallNetworks.exact(variant, true, 11));
        try (SpikingSession session = other.openSession(NORMALISED)) {
            for (int timeSteps : new int[] {1, 2, 4, 8}) {
                SpikingResult result = session.run(first(9), timeSteps);
                assertThat(result.images()).isEqualTo(9);
                for (int image = 0; image < 9; image++) {
                    assertThat(result.logits(image)).isEqualTo(reference(other, image, timeSteps));
                    assertThat(result.timeSteps(image)).isEqualTo(timeSteps);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 9", "2, 1", "2, 2", "2, 3", "2, 5", "2, 8", "2, 9", "3, 7", "4, 9", "5, 4", "9, 9"})
    void anyNumberOfThreadsGivesTheSameAnswers(int threads, int count) throws InterruptedException {
        try (SpikingSession session = model.openSession(NORMALISED.withThreads(threads))) {
            for (int timeSteps : new int[] {8, 3, 4, 8}) {
                SpikingResult result = session.run(first(count), timeSteps);
                for (int image = 0; image < count; image++) {
                    assertThat(result.logits(image)).isEqualTo(reference(image, timeSteps));
                    assertThat(result.timeSteps(image)).isEqualTo(timeSteps);
                }
            }
            float[] elsewhere = new float[count * CLASSES];
            Thread other = new Thread(() -> session.runInto(first(count), 8, FloatBuffer.wrap(elsewhere)));
            other.start();
            other.join();
            assertThat(Arrays.copyOf(elsewhere, CLASSES)).isEqualTo(reference(0, 8));
        }
    }

    @Test
    void stepsHaveTheLogitsOfRunsOfAsManySteps() {
        try (SpikingSession session = model.openSession(NORMALISED);
                SpikingSession other = model.openSession(NORMALISED)) {
            FloatBuffer logits = FloatBuffer.allocate(5 * CLASSES);
            session.begin(first(5));
            for (int t = 1; t <= 8; t++) {
                if (t % 2 == 0) {
                    assertThat(session.stepInto(logits)).isEqualTo(t);
                } else {
                    SpikingResult running = session.step();
                    assertThat(running.timeSteps(4)).isEqualTo(t);
                    logits.put(0, running.logits());
                }
                assertThat(logits.array()).isEqualTo(other.run(first(5), t).logits());
            }
        }
    }

    /** Over rules from those that let all go at once to those that keep all. */
    @ParameterizedTest
    @CsvSource({
        "margin=0.05,9",
        "margin=0.2,9",
        "margin=0.5,9",
        "margin=0.9,9",
        "confidence=0.4,8",
        "confidence=0.6,3",
        "confidence=1,9",
        "margin=0.2@3,9",
        "margin=0.3,1"
    })
    void earlyAnswersAreThoseOfARunOfTheStepsTaken(String text, int count) {
        ExitRule rule = ExitRule.parse(text);
        for (boolean rates : new boolean[] {false, true}) {
            try (SpikingSession session = model.openSession(rates ? NORMALISED.withRates() : NORMALISED)) {
                SpikingResult early = session.run(first(count), 8, rule);
                double sum = 0;
                for (int image = 0; image < count; image++) {
                    int taken = expectedExit(rule, image);
                    assertThat(early.timeSteps(image)).as("image %d", image).isEqualTo(taken);
                    assertThat(early.logits(image)).isEqualTo(reference(image, taken));
                    sum += taken;
                }
                assertThat(early.meanTimeSteps()).isCloseTo(sum / count, within(1e-12));
            }
        }
    }

    private int expectedExit(ExitRule rule, int image) {
        int t = 1;
        while (t < 8 && !rule.settles(reference(image, t), 0, CLASSES, t)) {
            t++;
        }
        return t;
    }

    @Test
    void imagesLeaveAtDifferentTimes() {
        long different = IntStream.range(0, 9)
                .map(image -> expectedExit(ExitRule.margin(0.2), image))
                .distinct()
                .count();
        assertThat(different).as("else the tests of early exit show little").isGreaterThan(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "margin=0.2", "stream"})
    void ratesAreThoseOfTheReference(String how) {
        ExitRule rule = how.startsWith("margin") ? ExitRule.parse(how) : ExitRule.never();
        try (SpikingSession session = model.openSession(NORMALISED.withRates())) {
            SpikingResult result;
            if (how.equals("stream")) {
                session.begin(first(6));
                session.step();
                result = session.step();
            } else {
                result = session.run(first(6), 8, rule);
            }
            List<LayerRates> rates = session.rates();
            assertThat(rates).extracting(LayerRates::layer).containsExactly("act1", "act2");
            for (LayerRates layer : rates) {
                int neurons = Math.toIntExact(layer.emitted().shape().elements()) / 6;
                long[] spikes = new long[2];
                long steps = 0;
                for (int image = 0; image < 6; image++) {
                    ReferenceNetwork reference = new ReferenceNetwork(model.saved());
                    for (int t = 0; t < result.timeSteps(image); t++) {
                        reference.step(image(image));
                    }
                    steps += result.timeSteps(image);
                    spikes[0] += reference.spikes(layer.layer())[0];
                    spikes[1] += reference.spikes(layer.layer())[1];
                    double[] emitted = reference.emitted(layer.layer());
                    for (int index = 0; index < neurons; index++) {
                        assertThat(layer.emitted().values()[image * neurons + index])
                                .isCloseTo((float) emitted[index], within(1e-6f));
                    }
                }
                assertThat(layer.positive()).isEqualTo(spikes[0] / (double) (steps * neurons));
                assertThat(layer.negative()).isEqualTo(spikes[1] / (double) (steps * neurons));
                assertThat(layer.positive()).isPositive();
                assertThat(layer.negative()).isPositive();
            }
            assertThat(rates.get(0).emitted().shape().toArray()).containsExactly(6, 6, 6, 5);
        }
    }

    @Test
    void pixelsAreNormalisedAsTheModelSays() {
        Normalisation normalisation = model.normalisation();
        float[] pixels = new float[IMAGE];
        float[] normalised = new float[IMAGE];
        for (int index = 0; index < IMAGE; index++) {
            pixels[index] = index * 7 % 256;
            normalised[index] = (pixels[index] / 255f - normalisation.mean().get(index % 2))
                    / normalisation.deviation().get(index % 2);
        }
        try (SpikingSession raw = model.openSession(NORMALISED.withInput(Input.PIXELS));
                SpikingSession session = model.openSession(NORMALISED)) {
            assertThat(raw.run(FloatBuffer.wrap(pixels), 4).logits())
                    .isEqualTo(session.run(FloatBuffer.wrap(normalised), 4).logits());
        }
    }

    private static FloatBuffer direct(int floats, ByteOrder order) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES).order(order).asFloatBuffer();
    }

    @Test
    void anyBufferServesAndKeepsItsPositionAndLimit() {
        float[] expected;
        try (SpikingSession session = model.openSession(NORMALISED)) {
            expected = session.run(first(2), 4).logits();
            for (FloatBuffer source : List.of(
                    FloatBuffer.allocate(4 * IMAGE),
                    direct(4 * IMAGE, ByteOrder.nativeOrder()),
                    direct(4 * IMAGE, ByteOrder.BIG_ENDIAN))) {
                source.position(3).put(images, 0, 2 * IMAGE);
                source.position(3).limit(3 + 2 * IMAGE);
                for (FloatBuffer target : List.of(
                        FloatBuffer.allocate(40),
                        direct(40, ByteOrder.nativeOrder()),
                        direct(40, ByteOrder.BIG_ENDIAN))) {
                    target.position(5).limit(5 + 2 * CLASSES);
                    assertThat(session.runInto(source.asReadOnlyBuffer(), 4, target))
                            .isEqualTo(2);
                    assertThat(session.runInto(source, 4, target)).isEqualTo(2);
                    assertThat(source.position()).isEqualTo(3);
                    assertThat(source.limit()).isEqualTo(3 + 2 * IMAGE);
                    assertThat(target.position()).isEqualTo(5);
                    assertThat(target.limit()).isEqualTo(5 + 2 * CLASSES);
                    float[] written = new float[2 * CLASSES];
                    target.get(5, written);
                    assertThat(written).isEqualTo(expected);
                    target.clear();
                    assertThat(target.get(4)).isZero();
                    assertThat(target.get(5 + 2 * CLASSES)).isZero();
                }
            }
        }
    }

    @Test
    void runIntoWritesTheStepsTaken() {
        try (SpikingSession session = model.openSession(NORMALISED)) {
            ExitRule rule = ExitRule.margin(0.2);
            SpikingResult expected = session.run(first(9), 8, rule);
            FloatBuffer logits = FloatBuffer.allocate(9 * CLASSES);
            IntBuffer taken = IntBuffer.allocate(10).position(1);
            session.runInto(first(9), 8, rule, logits, taken);
            assertThat(logits.array()).isEqualTo(expected.logits());
            for (int image = 0; image < 9; image++) {
                assertThat(taken.get(1 + image)).isEqualTo(expected.timeSteps(image));
            }
            assertThat(taken.position()).isEqualTo(1);
        }
    }

    @Test
    void memoryIsTakenOnceAndGivenBack() {
        SpikingSession session = model.openSession(NORMALISED);
        session.run(first(9), 4);
        session.run(first(3), 4);
        session.run(first(9), 8, ExitRule.margin(0.2));
        long held = session.memoryBytes();
        assertThat(held).isPositive();
        for (int run = 0; run < 20; run++) {
            session.run(first(9), 4);
            session.run(first(3), 4);
            session.run(first(9), 8, ExitRule.margin(0.2));
        }
        assertThat(session.memoryBytes()).isEqualTo(held);
        session.close();
        session.close();
    }
}
