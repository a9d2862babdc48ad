package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.QuantisedNetwork;
import org.ambispike.support.ReferenceNetwork;
import org.ambispike.support.StreamedRun;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with max pools, done by the neurons that follow and by themselves, through all steps and one at a time. */
class MaxPoolNetworkTest {
    private static final int STEPS = 7;
    private static final int COUNT = 5;
    private static final int CLASSES = MaxPoolNetwork.CLASSES;

    /** Logits by step, and rates by layer. */
    private static Map<String, float[]> results(
            Backend backend, Graph graph, Weights weights, ExecutionOptions options, boolean gradients) {
        Map<String, float[]> results = new LinkedHashMap<>();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, gradients);
                Executor executor = Executor.plan(backend, graph, store, options.withRates())) {
            long allocations = backend.memory().allocations();
            for (int run = 0; run < 2; run++) {
                executor.input(MaxPoolNetwork.images(COUNT, 4), COUNT);
                executor.forward();
            }
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
            results.put("logits", Logits.download(backend, executor.logits(), STEPS * COUNT * CLASSES));
            for (Node neuron : graph.neurons()) {
                results.put(
                        neuron.name(),
                        Logits.download(backend, executor.rate(neuron.name()), executor.neurons(neuron)));
            }
        }
        assertThat(backend.memory().liveBytes()).isZero();
        return results;
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
    }

    @ParameterizedTest
    @EnumSource
    void whatNeuronsPoolThemselvesIsWhatAPoolGivesThem(NeuronModel model) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), true);
        Weights weights = MaxPoolNetwork.exact(graph, 3);
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            Map<String, float[]> fused =
                    results(backend, graph, weights, ExecutionOptions.inference(COUNT, STEPS), false);
            Map<String, float[]> apart =
                    results(backend, graph, weights, ExecutionOptions.training(COUNT, STEPS), true);
            assertSame(fused, apart);
            assertThat(fused.get("act2")).contains(0).isNotEqualTo(new float[fused.get("act2").length]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamedRunIsTheWholePass(NeuronModel model) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), true);
        Weights weights = MaxPoolNetwork.exact(graph, 3);
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            float[] whole = results(backend, graph, weights, ExecutionOptions.inference(COUNT, STEPS), false)
                    .get("logits");
            StreamedRun.assertIsTheWholePass(
                    backend, new Network(graph, weights), MaxPoolNetwork.images(COUNT, 4), whole, 0);
            assertThat(Arrays.copyOf(whole, CLASSES))
                    .isNotEqualTo(Arrays.copyOfRange(whole, COUNT * CLASSES, COUNT * CLASSES + CLASSES));
        }
    }

    @Test
    void ratesAndCountsOfAStreamedRunAreSums() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.MEMORY), true);
        Weights weights = MaxPoolNetwork.exact(graph, 5);
        try (Backend backend = CpuBackend.open(Precision.F32, 2);
                ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor whole = Executor.plan(
                        backend,
                        graph,
                        store,
                        ExecutionOptions.inference(COUNT, STEPS).withRates().withCounts());
                Executor stream = Executor.plan(
                        backend,
                        graph,
                        store,
                        ExecutionOptions.streaming(COUNT).withRates().withCounts())) {
            whole.input(MaxPoolNetwork.images(COUNT, 4), COUNT);
            whole.forward();
            stream.input(MaxPoolNetwork.images(COUNT, 4), COUNT);
            for (int t = 0; t < STEPS; t++) {
                stream.forward();
            }
            for (Node node : graph.neurons()) {
                String neuron = node.name();
                float[] sums = Logits.download(backend, stream.rate(neuron), stream.neurons(node));
                float[] means = Logits.download(backend, whole.rate(neuron), whole.neurons(node));
                for (int index = 0; index < sums.length; index++) {
                    assertThat(sums[index] * (1f / STEPS)).isEqualTo(means[index]);
                }
                long[] byStep = new long[2 * STEPS];
                long[] total = new long[2];
                backend.memory().download(whole.counts(neuron), byStep);
                backend.memory().download(stream.counts(neuron), total);
                assertThat(Arrays.stream(byStep).sum())
                        .isEqualTo(total[0] + total[1])
                        .isPositive();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"PAIR,false", "MEMORY,false", "INTEGRATE_AND_FIRE,false", "MEMORY,true"})
    void ratesTendToTheActivationsOfTheAnn(NeuronModel model, boolean poolsSpikes) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), poolsSpikes);
        Weights weights = MaxPoolNetwork.random(graph, 2);
        Network snn = new Network(graph, weights);
        Logits.assertTendToTheAnns(snn, ClippedAnn.of(snn), MaxPoolNetwork.images(64, 8), 32);
    }

    @Test
    void logitsInBf16AreThoseOfF32ButForRounding() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), false);
        Weights weights = MaxPoolNetwork.random(graph, 3);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 2)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            ExecutionOptions options = ExecutionOptions.inference(COUNT, STEPS);
            float[] narrow = logits(bf16.backend(), graph, weights, options);
            assertThat(Logits.meanError(narrow, logits(cpu, graph, weights, options)))
                    .isBetween(1e-9, 0.05);
            assertThat(bf16.biases())
                    .as("conv2 leaves its bias to act2, which pools")
                    .isEqualTo(1);
            assertThat(bf16.narrowReads()).as("conv2, fc1").isEqualTo(2);
        }
    }

    private static float[] logits(Backend backend, Graph graph, Weights weights, ExecutionOptions options) {
        int passes = options.streaming() ? STEPS : 1;
        return Logits.on(backend, graph, weights, options, MaxPoolNetwork.images(COUNT, 4), passes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void logitsInInt8AreThoseOfTheRoundedNetworkInDouble(long seed) {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), false);
        Weights weights = MaxPoolNetwork.random(graph, seed);
        Weights rounded =
                QuantisedNetwork.rounded(weights, Map.of("conv2", "act1", "fc1", "act2"), Map.of("act1", 1, "act2", 1));
        float[] images = MaxPoolNetwork.images(COUNT, 4);
        int size = images.length / COUNT;
        try (Backend backend = CpuBackend.open(Precision.INT8, 2)) {
            float[] whole = logits(backend, graph, weights, ExecutionOptions.inference(COUNT, STEPS));
            float[] streamed = logits(backend, graph, weights, ExecutionOptions.streaming(COUNT));
            for (int image = 0; image < COUNT; image++) {
                ReferenceNetwork reference =
                        new ReferenceNetwork(new SavedModel(graph, rounded, MaxPoolNetwork.info()));
                double[] expected = {};
                for (int t = 0; t < STEPS; t++) {
                    expected = reference.step(Arrays.copyOfRange(images, image * size, (image + 1) * size));
                }
                for (int index = 0; index < CLASSES; index++) {
                    int at = image * CLASSES + index;
                    assertThat((double) whole[at]).as("logit %d", at).isCloseTo(expected[index], within(1e-5));
                    assertThat((double) streamed[at]).as("logit %d", at).isCloseTo(expected[index], within(1e-5));
                }
            }
        }
    }
}
