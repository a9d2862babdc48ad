package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.io.SavedModel;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One time step a pass against all time steps in one pass. */
class StreamingTest {
    private static final int STEPS = 7;
    private static final int CLASSES = SmallNetworks.CLASSES;

    private final Backend backend = CpuBackend.open(Precision.F32, 2);

    @AfterEach
    void close() {
        assertThat(backend.memory().liveBytes()).isZero();
        backend.close();
    }

    private ParameterStore store(SavedModel model) {
        return ParameterStore.create(backend, model.graph(), model.weights(), false);
    }

    private Executor plan(SavedModel model, ParameterStore store, ExecutionOptions options) {
        return Executor.plan(backend, model.graph(), store, options);
    }

    private float[] logits(Executor executor, int images) {
        float[] logits = new float[images * CLASSES];
        backend.memory().download(executor.finalLogits(), logits, 0, logits.length);
        return logits;
    }

    /** After each step, [T][N, classes], from one pass over all of them. */
    private float[][] logitsByStep(SavedModel model, float[] images, int count) {
        try (ParameterStore store = store(model);
                Executor executor = plan(model, store, ExecutionOptions.inference(count, STEPS))) {
            executor.input(images, count);
            executor.forward();
            float[] logits = new float[STEPS * count * CLASSES];
            backend.memory().download(executor.logits(), logits, 0, logits.length);
            return IntStream.range(0, STEPS)
                    .mapToObj(t -> Arrays.copyOfRange(logits, t * count * CLASSES, (t + 1) * count * CLASSES))
                    .toArray(float[][]::new);
        }
    }

    private static float[] rows(float[] logits, int... rows) {
        float[] chosen = new float[rows.length * CLASSES];
        for (int index = 0; index < rows.length; index++) {
            System.arraycopy(logits, rows[index] * CLASSES, chosen, index * CLASSES, CLASSES);
        }
        return chosen;
    }

    @ParameterizedTest
    @CsvSource({"PAIR,1,false", "PAIR,9,true", "SINGLE,5,false", "IF,4,true", "SYMMETRIC,3,false", "IBT,2,true"})
    void eachStepHasTheLogitsOfTheWholePass(NeuronVariant variant, int count, boolean perChannel) {
        SavedModel model = SmallNetworks.exact(variant, perChannel, 3);
        float[] images = SmallNetworks.exactImages(count, 4);
        float[][] expected = logitsByStep(model, images, count);
        try (ParameterStore store = store(model);
                Executor stream = plan(model, store, ExecutionOptions.streaming(count))) {
            long allocations = backend.memory().allocations();
            for (int run = 0; run < 2; run++) {
                stream.input(images, count);
                for (int t = 0; t < STEPS; t++) {
                    stream.forward();
                    assertThat(logits(stream, count)).as("step %d", t + 1).isEqualTo(expected[t]);
                }
            }
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
        }
        assertThat(expected[STEPS - 1]).isNotEqualTo(expected[0]);
    }

    /** Sums of branches, of which one may be constant in time and so computed in the first step alone. */
    @ParameterizedTest
    @CsvSource({"PAIR,false", "PAIR,true", "MEMORY,true", "AUGMENTED,true"})
    void branchesStreamToo(NeuronVariant variant, boolean sloped) {
        assertStreams(
                Converter.convert(sloped ? ResidualNetwork.sloped(true) : ResidualNetwork.clipped(0.1, true), variant));
    }

    @Test
    void memoryStreamsWithoutASlope() {
        Converter.Conversion snn = Converter.convert(ResidualNetwork.clipped(0, true), NeuronVariant.MEMORY);
        assertThat(snn.graph().node("act1").op()).isEqualTo(new Op.Spike(NeuronModel.MEMORY, 0, true));
        assertStreams(snn);
    }

    private void assertStreams(Converter.Conversion snn) {
        int count = 3;
        float[] images =
                new float[count * Math.toIntExact(snn.graph().inputShape().elements())];
        SplittableRandom random = new SplittableRandom(8);
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        float[] expected = new float[STEPS * count * snn.graph().classes()];
        float[] answer = new float[count * snn.graph().classes()];
        try (ParameterStore store = ParameterStore.create(backend, snn.graph(), snn.weights(), false);
                Executor whole = Executor.plan(backend, snn.graph(), store, ExecutionOptions.inference(count, STEPS));
                Executor stream = Executor.plan(backend, snn.graph(), store, ExecutionOptions.streaming(count))) {
            whole.input(images, count);
            whole.forward();
            backend.memory().download(whole.logits(), expected, 0, expected.length);
            stream.input(images, count);
            for (int t = 0; t < STEPS; t++) {
                stream.forward();
                backend.memory().download(stream.finalLogits(), answer, 0, answer.length);
                for (int index = 0; index < answer.length; index++) {
                    assertThat(answer[index])
                            .as("step %d", t + 1)
                            .isCloseTo(expected[t * answer.length + index], within(1e-5f));
                }
            }
        }
        assertThat(Arrays.copyOf(expected, answer.length)).isNotEqualTo(answer);
    }

    @Test
    void aPartOfTheBatchHasTheLogitsOfTheWhole() {
        SavedModel model = SmallNetworks.exact(NeuronVariant.PAIR, false, 3);
        float[] images = SmallNetworks.exactImages(3, 4);
        float[][] expected = logitsByStep(model, images, 3);
        try (ParameterStore store = store(model);
                Executor stream = plan(model, store, ExecutionOptions.streaming(8))) {
            stream.input(SmallNetworks.exactImages(8, 99), 8);
            stream.forward();
            stream.input(images, 3);
            for (int t = 0; t < STEPS; t++) {
                stream.forward();
                assertThat(logits(stream, 3)).isEqualTo(expected[t]);
            }
        }
    }

    /** The images that go on are first moved within the executor, then to a smaller one. */
    @ParameterizedTest
    @EnumSource(NeuronVariant.class)
    void chosenImagesGoOnAsIfNothingHadHappened(NeuronVariant variant) {
        SavedModel model = SmallNetworks.exact(variant, true, 5);
        float[] images = SmallNetworks.exactImages(8, 6);
        float[][] expected = logitsByStep(model, images, 8);
        try (ParameterStore store = store(model);
                Executor large = plan(model, store, ExecutionOptions.streaming(8));
                Executor small = plan(model, store, ExecutionOptions.streaming(4))) {
            large.input(images, 8);
            large.forward();
            large.forward();
            large.takeOver(large, new int[] {0, 2, 3, 6, 7}, 5);
            large.forward();
            assertThat(logits(large, 5)).isEqualTo(rows(expected[2], 0, 2, 3, 6, 7));
            small.input(SmallNetworks.exactImages(4, 77), 4);
            small.forward();
            small.takeOver(large, new int[] {1, 3, 4}, 3);
            for (int t = 3; t < STEPS; t++) {
                small.forward();
                assertThat(logits(small, 3)).isEqualTo(rows(expected[t], 2, 6, 7));
            }
        }
    }

    @Test
    void ratesAndCountsAreSumsOverTheRun() {
        SavedModel model = SmallNetworks.exact(NeuronVariant.PAIR, false, 7);
        int count = 4;
        float[] images = SmallNetworks.exactImages(count, 8);
        ExecutionOptions whole =
                ExecutionOptions.inference(count, STEPS).withRates().withCounts();
        ExecutionOptions streamed =
                ExecutionOptions.streaming(2 * count).withRates().withCounts();
        try (ParameterStore store = store(model);
                Executor executor = plan(model, store, whole);
                Executor large = plan(model, store, streamed);
                Executor stream = plan(model, store, streamed)) {
            executor.input(images, count);
            executor.forward();
            large.input(images, count);
            large.forward();
            stream.takeOver(large, new int[] {0, 1, 2, 3}, count);
            for (int t = 1; t < STEPS; t++) {
                stream.forward();
            }
            for (Node neuron : model.graph().neurons()) {
                int neurons = Math.toIntExact(executor.neurons(neuron));
                float[] means = new float[neurons];
                float[] sums = new float[neurons];
                backend.memory().download(executor.rate(neuron.name()), means, 0, neurons);
                backend.memory().download(stream.rate(neuron.name()), sums, 0, neurons);
                for (int index = 0; index < neurons; index++) {
                    assertThat(sums[index] * (1f / STEPS)).isEqualTo(means[index]);
                }
                long[] byStep = new long[2 * STEPS];
                long[] total = new long[2];
                backend.memory().download(executor.counts(neuron.name()), byStep);
                backend.memory().download(stream.counts(neuron.name()), total);
                for (int polarity = 0; polarity < 2; polarity++) {
                    int first = polarity;
                    long expected = IntStream.range(0, STEPS)
                            .mapToLong(t -> byStep[2 * t + first])
                            .sum();
                    assertThat(total[polarity]).isEqualTo(expected).isPositive();
                }
            }
        }
    }

    @Test
    void placesThatDoNotAscendOrDoNotExistAreRefused() {
        SavedModel model = SmallNetworks.exact(NeuronVariant.PAIR, false, 7);
        try (ParameterStore store = store(model);
                Executor stream = plan(model, store, ExecutionOptions.streaming(4));
                Executor whole = plan(model, store, ExecutionOptions.inference(4, 2))) {
            stream.input(SmallNetworks.exactImages(3, 1), 3);
            stream.forward();
            for (int[] places : new int[][] {{0, 3}, {1, 1}, {2, 0}, {-1, 0}}) {
                assertThatThrownBy(() -> stream.takeOver(stream, places, 2))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("ascend");
            }
            assertThatThrownBy(() -> stream.takeOver(stream, new int[5], 5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not fit into 4");
            assertThatThrownBy(() -> whole.takeOver(stream, new int[] {0}, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("streaming");
        }
    }

    @Test
    void onlySpikingNetworksStreamAndOnlyInference() {
        SavedModel ann = SmallNetworks.clippedAnn(1);
        try (ParameterStore store = store(ann)) {
            assertThatThrownBy(() -> plan(ann, store, ExecutionOptions.streaming(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("streaming needs a spiking network");
        }
        assertThatThrownBy(() -> new ExecutionOptions(2, 3, Set.of(ExecutionOptions.Feature.STREAMING)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
