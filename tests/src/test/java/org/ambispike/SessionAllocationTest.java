package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.ambispike.SessionOptions.Input;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Op;
import org.ambispike.io.SavedModel;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Serving makes no garbage: bytes that the calling thread allocates, as the JVM counts them. */
class SessionAllocationTest {
    private static final int CALLS = 100;
    private static final int ROUNDS = 5;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The least of several rounds: what the JVM itself does once, such as loading a class, is in one of them. */
    private long allocated(Runnable call) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int index = 0; index < CALLS; index++) {
                call.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private final SpikingModel model = SpikingModel.of(SmallNetworks.exact(NeuronVariant.PAIR, true, 3));
    private final SessionOptions options = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(2)
            .withBatch(9)
            .withLargestTimeSteps(8);
    private final FloatBuffer heap = FloatBuffer.wrap(SmallNetworks.exactImages(9, 4));
    private final FloatBuffer logits = FloatBuffer.allocate(9 * SmallNetworks.CLASSES);
    private final IntBuffer taken = IntBuffer.allocate(9);
    private final ExitRule rule = ExitRule.margin(0.2);

    @Test
    void runsIntoBuffersAllocateNothing() {
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * heap.capacity())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        direct.put(0, heap, 0, heap.capacity());
        FloatBuffer pixels = FloatBuffer.allocate(heap.capacity());
        FloatBuffer three = heap.slice(0, 3 * heap.capacity() / 9);
        try (SpikingSession session = model.openSession(options.withInput(Input.NORMALISED));
                SpikingSession raw = model.openSession(options);
                SpikingSession recording =
                        model.openSession(options.withInput(Input.NORMALISED).withRates())) {
            assertThat(allocated(() -> session.runInto(heap, 4, logits)))
                    .as("heap")
                    .isZero();
            assertThat(allocated(() -> session.runInto(direct, 4, logits)))
                    .as("direct")
                    .isZero();
            assertThat(allocated(() -> session.runInto(three, 8, logits)))
                    .as("part")
                    .isZero();
            assertThat(allocated(() -> raw.runInto(pixels, 4, logits)))
                    .as("pixels")
                    .isZero();
            assertThat(allocated(() -> session.runInto(heap, 8, rule, logits, taken)))
                    .as("early exit")
                    .isZero();
            assertThat(allocated(() -> recording.runInto(heap, 8, rule, logits, taken)))
                    .as("with rates")
                    .isZero();
            ByteBuffer bytes = ByteBuffer.allocate(heap.capacity());
            Images unsigned = Images.of(bytes);
            Images moved = Images.of(bytes).channelsFirst();
            assertThat(allocated(() -> raw.runInto(unsigned, 4, logits)))
                    .as("bytes")
                    .isZero();
            assertThat(allocated(() -> raw.runInto(moved, 4, logits)))
                    .as("channels first")
                    .isZero();
            FloatBuffer forty = FloatBuffer.allocate(40 * heap.capacity() / 9);
            FloatBuffer many = FloatBuffer.allocate(40 * SmallNetworks.CLASSES);
            assertThat(allocated(() -> session.runInto(forty, 4, many)))
                    .as("split")
                    .isZero();
            session.begin(heap);
            assertThat(allocated(() -> session.stepInto(logits))).as("steps").isZero();
        }
    }

    @Test
    void runsInInt8AllocateNothing() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        try (SpikingSession session =
                model.openSession(options.withInput(Input.NORMALISED).withPrecision(Precision.INT8))) {
            assertThat(allocated(() -> session.runInto(heap, 4, logits))).isZero();
            assertThat(allocated(() -> session.runInto(heap, 8, rule, logits, taken)))
                    .as("early exit")
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "INT8"})
    void runsWithJoinsAndMapsAlongAxesAllocateNothing(Precision precision) {
        Assumptions.assumeTrue(precision == Precision.F32 || CpuProbe.probe().int8(), "no multiplication of bytes");
        Op neuron = RearrangedNetwork.spike(NeuronModel.MEMORY);
        FloatBuffer images = FloatBuffer.wrap(RearrangedNetwork.images(9, 4));
        for (Graph graph : List.of(
                RearrangedNetwork.graph(neuron),
                RearrangedNetwork.narrow(neuron, RearrangedNetwork.spikeByLayer(NeuronModel.PAIR)))) {
            SpikingModel rearranged = SpikingModel.of(
                    new SavedModel(graph, RearrangedNetwork.random(graph, 3), RearrangedNetwork.info()));
            FloatBuffer results = FloatBuffer.allocate(9 * graph.classes());
            try (SpikingSession session =
                    rearranged.openSession(options.withInput(Input.NORMALISED).withPrecision(precision))) {
                assertThat(allocated(() -> session.runInto(images, 4, results))).isZero();
                session.begin(images);
                assertThat(allocated(() -> session.stepInto(results)))
                        .as("steps")
                        .isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "INT8"})
    void runsWithMaxPoolsAllocateNothing(Precision precision) {
        Assumptions.assumeTrue(precision == Precision.F32 || CpuProbe.probe().int8(), "no multiplication of bytes");
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.MEMORY), true);
        SpikingModel pooling =
                SpikingModel.of(new SavedModel(graph, MaxPoolNetwork.random(graph, 3), MaxPoolNetwork.info()));
        FloatBuffer images = FloatBuffer.wrap(MaxPoolNetwork.images(9, 4));
        try (SpikingSession session =
                pooling.openSession(options.withInput(Input.NORMALISED).withPrecision(precision))) {
            assertThat(allocated(() -> session.runInto(images, 4, logits))).isZero();
            assertThat(allocated(() -> session.runInto(images, 8, rule, logits, taken)))
                    .as("early exit")
                    .isZero();
        }
    }

    /** The counter is no constant: what does allocate shows. */
    @Test
    void resultsOfTheirOwnAreCounted() {
        FloatBuffer images = FloatBuffer.wrap(SmallNetworks.exactImages(2, 4));
        try (SpikingSession session =
                model.openSession(SessionOptions.defaults().withBatch(2).withInput(Input.NORMALISED))) {
            assertThat(allocated(() -> session.run(images, 2))).isGreaterThan(CALLS * 2L * SmallNetworks.CLASSES * 4);
        }
    }
}
