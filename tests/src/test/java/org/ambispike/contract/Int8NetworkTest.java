package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.convert.Converter;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.QuantisedNetwork;
import org.ambispike.support.ReferenceNetwork;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole networks in int8 against the same networks with rounded weights, in double and in f32. */
@OnDevices
class Int8NetworkTest extends DeviceContract {
    private static final int STEPS = 8;

    @Override
    Precision precision() {
        return Precision.INT8;
    }

    private static float[] images(Graph graph, int count) {
        SplittableRandom random = new SplittableRandom(8);
        float[] images = new float[count * Math.toIntExact(graph.inputShape().elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        return images;
    }

    private float[] whole(Graph graph, Weights weights, float[] images, int count, int steps) {
        return Logits.on(backend, graph, weights, ExecutionOptions.inference(count, steps), images, 1);
    }

    private float[] run(Executor executor, float[] images, int count, int passes) {
        executor.input(images, count);
        for (int pass = 0; pass < passes; pass++) {
            executor.forward();
        }
        return Logits.download(
                backend, executor.finalLogits(), (long) count * executor.graph().classes());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void logitsAndRatesAreThoseOfTheRoundedNetworkInDouble(long seed) {
        SavedModel model = SmallNetworks.random(seed);
        Weights rounded = QuantisedNetwork.rounded(
                model.weights(), Map.of("conv2", "act1", "fc1", "act2"), Map.of("act1", 4, "act2", 1));
        int count = 5;
        int size = Math.toIntExact(SmallNetworks.IMAGE.elements());
        float[] images = images(model.graph(), count);
        float[] actual;
        float[] rates = new float[count * 63];
        long[] spikes = new long[2 * STEPS];
        ExecutionOptions options =
                ExecutionOptions.inference(count, STEPS).withRates().withCounts();
        try (ParameterStore store = ParameterStore.create(backend, model.graph(), model.weights(), false);
                Executor executor = Executor.plan(backend, model.graph(), store, options)) {
            actual = run(executor, images, count, 1);
            backend.memory().download(executor.rate("act2"), rates, 0, rates.length);
            backend.memory().download(executor.counts("act2"), spikes);
        }
        long fired = 0;
        for (int image = 0; image < count; image++) {
            ReferenceNetwork reference = new ReferenceNetwork(new SavedModel(model.graph(), rounded, model.info()));
            float[] pixels = Arrays.copyOfRange(images, image * size, (image + 1) * size);
            double[] expected = {};
            for (int t = 0; t < STEPS; t++) {
                expected = reference.step(pixels);
            }
            for (int index = 0; index < expected.length; index++) {
                assertThat((double) actual[image * expected.length + index])
                        .as("image %d, logit %d", image, index)
                        .isCloseTo(expected[index], within(1e-5));
            }
            double[] emitted = reference.emitted("act2");
            for (int index = 0; index < emitted.length; index++) {
                assertThat((double) rates[image * 63 + index]).isCloseTo(emitted[index], within(1e-5));
            }
            fired += Arrays.stream(reference.spikes("act2")).sum();
        }
        assertThat(Arrays.stream(spikes).sum()).isEqualTo(fired).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void branchesAreThoseOfTheRoundedNetwork(boolean perChannel) {
        assertBranches(Converter.convert(ResidualNetwork.clipped(0.1, perChannel), NeuronVariant.PAIR));
    }

    @ParameterizedTest
    @EnumSource(names = {"PAIR", "MEMORY", "SINGLE"})
    void slopesByChannelAreThoseOfTheRoundedNetwork(NeuronVariant variant) {
        assertBranches(Converter.convert(ResidualNetwork.sloped(true), variant));
    }

    @Test
    void memoryWithoutASlopeIsThatOfTheRoundedNetwork() {
        assertBranches(Converter.convert(ResidualNetwork.clipped(0, true), NeuronVariant.MEMORY));
    }

    private void assertBranches(Converter.Conversion snn) {
        Weights weights = QuantisedNetwork.withRatio(snn.weights(), 0.125, "act1", "act2", "act3");
        Weights rounded = QuantisedNetwork.rounded(
                weights, Map.of("conv2", "act1", "conv3", "act2"), Map.of("act1", 1, "act2", 1));
        float[] images = images(snn.graph(), 3);
        float[] expected = Logits.of(snn.graph(), rounded, images, STEPS);
        assertClose(whole(snn.graph(), weights, images, 3, STEPS), expected);
        try (ParameterStore store = ParameterStore.create(backend, snn.graph(), weights, false);
                Executor stream = Executor.plan(
                        backend,
                        snn.graph(),
                        store,
                        ExecutionOptions.streaming(3).withRates().withCounts())) {
            assertClose(run(stream, images, 3, STEPS), expected);
            float[] rates = Logits.rates(snn.graph(), rounded, images, STEPS).get("act1");
            float[] sums = new float[rates.length];
            backend.memory().download(stream.rate("act1"), sums, 0, sums.length);
            for (int index = 0; index < sums.length; index++) {
                assertThat(sums[index] / STEPS).isCloseTo(rates[index], within(1e-5f));
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int index = 0; index < actual.length; index++) {
            assertThat(actual[index]).as("logit %d", index).isCloseTo(expected[index], within(1e-5f));
        }
    }

    /** One image of a batch, of a part of a batch, and alone; in one pass and in steps. */
    @Test
    void answersDependNeitherOnTheBatchNorOnTheWayOfStepping() {
        SavedModel model = SmallNetworks.random(4);
        int size = Math.toIntExact(SmallNetworks.IMAGE.elements());
        float[] images = images(model.graph(), 6);
        float[] all = whole(model.graph(), model.weights(), images, 6, STEPS);
        float[] alone = whole(model.graph(), model.weights(), Arrays.copyOfRange(images, 0, size), 1, STEPS);
        assertClose(alone, Arrays.copyOf(all, alone.length));
        try (ParameterStore store = ParameterStore.create(backend, model.graph(), model.weights(), false);
                Executor stream = Executor.plan(backend, model.graph(), store, ExecutionOptions.streaming(6));
                Executor part = Executor.plan(backend, model.graph(), store, ExecutionOptions.streaming(2))) {
            long allocations = backend.memory().allocations();
            assertClose(run(stream, images, 6, STEPS), all);
            run(stream, images, 6, 3);
            part.takeOver(stream, new int[] {1, 4}, 2);
            for (int t = 3; t < STEPS; t++) {
                part.forward();
            }
            DeviceBuffer logits = part.finalLogits();
            float[] two = new float[2 * SmallNetworks.CLASSES];
            backend.memory().download(logits, two, 0, two.length);
            int classes = SmallNetworks.CLASSES;
            assertClose(Arrays.copyOf(two, classes), Arrays.copyOfRange(all, classes, 2 * classes));
            assertClose(
                    Arrays.copyOfRange(two, classes, 2 * classes), Arrays.copyOfRange(all, 4 * classes, 5 * classes));
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
        }
    }

    /** A pass that was captured goes on with weights that were rounded anew. */
    @Test
    void changedWeightsAreRoundedAnew() {
        SavedModel model = SmallNetworks.random(4);
        Weights others = SmallNetworks.random(5).weights();
        float[] images = images(model.graph(), 2);
        try (ParameterStore store = ParameterStore.create(backend, model.graph(), model.weights(), false);
                Executor executor =
                        Executor.plan(backend, model.graph(), store, ExecutionOptions.inference(2, STEPS))) {
            float[] first = whole(model.graph(), model.weights(), images, 2, STEPS);
            for (int turn = 0; turn < 3; turn++) {
                store.load(others);
                assertThat(run(executor, images, 2, 1)).isEqualTo(whole(model.graph(), others, images, 2, STEPS));
                store.load(model.weights());
                assertThat(run(executor, images, 2, 1)).isEqualTo(first);
            }
        }
    }

    @Test
    void trainingIsRefused() {
        SavedModel model = SmallNetworks.random(1);
        try (ParameterStore store = ParameterStore.create(backend, model.graph(), model.weights(), true)) {
            assertThatThrownBy(() -> Executor.plan(backend, model.graph(), store, ExecutionOptions.training(2, 2)))
                    .isInstanceOf(PrecisionException.class)
                    .hasMessageContaining("f32 or bf16");
        }
    }
}
