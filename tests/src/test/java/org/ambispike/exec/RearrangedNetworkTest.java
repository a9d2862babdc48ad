package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.QuantisedNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.ReferenceNetwork;
import org.ambispike.support.StreamedRun;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with concatenations, maps along axes and several results, through all steps and one at a time. */
class RearrangedNetworkTest {
    private static final int STEPS = 5;
    private static final int COUNT = 3;
    private static final Graph NARROW = RearrangedNetwork.narrow(
            RearrangedNetwork.spike(NeuronModel.PAIR), RearrangedNetwork.spikeByLayer(NeuronModel.PAIR));

    /** After each step, [T, images, results]. */
    private static float[] results(Backend backend, Graph graph, Weights weights, ExecutionOptions options) {
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, options.training());
                Executor executor = Executor.plan(backend, graph, store, options)) {
            long allocations = backend.memory().allocations();
            for (int run = 0; run < 2; run++) {
                executor.input(RearrangedNetwork.images(COUNT, 4), COUNT);
                executor.forward();
            }
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
            return Logits.download(backend, executor.logits(), (long) STEPS * COUNT * graph.classes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void resultsAreThoseOfTheReferenceAndTheSameForAnyThreads(NeuronModel model) {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(model));
        Weights weights = RearrangedNetwork.exact(graph, 3);
        float[] expected = reference(graph, weights);
        for (int threads : new int[] {1, 2, 3}) {
            try (Backend backend = CpuBackend.open(Precision.F32, threads)) {
                assertThat(results(backend, graph, weights, ExecutionOptions.inference(COUNT, STEPS)))
                        .as("%d threads", threads)
                        .containsExactly(expected, within(1e-5f));
                assertThat(results(backend, graph, weights, ExecutionOptions.training(COUNT, STEPS)))
                        .as("%d threads, training", threads)
                        .containsExactly(expected, within(1e-5f));
            }
        }
    }

    private static float[] reference(Graph graph, Weights weights) {
        float[] images = RearrangedNetwork.images(COUNT, 4);
        float[] results = new float[STEPS * COUNT * graph.classes()];
        int size = images.length / COUNT;
        for (int image = 0; image < COUNT; image++) {
            ReferenceNetwork reference = new ReferenceNetwork(new SavedModel(graph, weights, RearrangedNetwork.info()));
            float[] pixels = Arrays.copyOfRange(images, image * size, (image + 1) * size);
            for (int t = 0; t < STEPS; t++) {
                double[] values = reference.step(pixels);
                for (int index = 0; index < values.length; index++) {
                    results[(t * COUNT + image) * values.length + index] = (float) values[index];
                }
            }
            for (String layer : new String[] {"act1", "act2", "act3", "act4"}) {
                assertThat(Arrays.stream(reference.spikes(layer)).sum())
                        .as(layer)
                        .isPositive();
            }
        }
        return results;
    }

    @ParameterizedTest
    @EnumSource
    void aStreamedRunIsTheWholePass(NeuronModel model) {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(model));
        Weights weights = RearrangedNetwork.exact(graph, 5);
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            float[] whole = results(backend, graph, weights, ExecutionOptions.inference(COUNT, STEPS));
            StreamedRun.assertIsTheWholePass(
                    backend, new Network(graph, weights), RearrangedNetwork.images(COUNT, 4), whole, 1e-6f);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAIR", "MEMORY", "INTEGRATE_AND_FIRE"})
    void resultsTendToThoseOfTheAnn(NeuronModel model) {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(model));
        Weights weights = RearrangedNetwork.random(graph, 2);
        Network snn = new Network(graph, weights);
        Logits.assertTendToTheAnns(snn, ClippedAnn.of(snn), RearrangedNetwork.images(16, 8), 32);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void resultsInInt8AreThoseOfTheRoundedNetworkInDouble(long seed) {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        Weights weights = RearrangedNetwork.random(NARROW, seed);
        // fc1 reads f32, and conv1 the image
        Weights rounded = weights;
        for (String layer : List.of("conv2", "conv3", "conv4")) {
            String input = NARROW.node(layer).inputs().get(0);
            rounded = QuantisedNetwork.rounded(rounded, layer, units(weights, input));
        }
        float[] expected = reference(NARROW, rounded);
        try (Backend backend = CpuBackend.open(Precision.INT8, 2)) {
            assertThat(results(backend, NARROW, weights, ExecutionOptions.inference(COUNT, STEPS)))
                    .containsExactly(expected, within(1e-5f));
            try (ParameterStore store = ParameterStore.create(backend, NARROW, weights, false);
                    Executor executor = Executor.plan(backend, NARROW, store, ExecutionOptions.streaming(COUNT))) {
                executor.input(RearrangedNetwork.images(COUNT, 4), COUNT);
                int width = COUNT * NARROW.classes();
                for (int t = 0; t < STEPS; t++) {
                    executor.forward();
                    assertThat(Logits.download(backend, executor.finalLogits(), width))
                            .containsExactly(Arrays.copyOfRange(expected, t * width, (t + 1) * width), within(1e-5f));
                }
            }
        }
    }

    /** What a level of each channel of a value is worth; four spikes of act3 are summed in a byte. */
    private static double[] units(Weights weights, String value) {
        Node node = NARROW.node(value);
        double[][] inputs = node.op().isNeuron()
                ? new double[0][]
                : node.inputs().stream().map(input -> units(weights, input)).toArray(double[][]::new);
        int channels = NARROW.shape(value).extent(-1);
        double[] units = new double[channels];
        if (node.op().isNeuron()) {
            double[] own = QuantisedNetwork.units(weights, value, value.equals("act3") ? 31 : 127);
            Arrays.setAll(units, channel -> own[channel % own.length]);
        } else if (node.op() instanceof Op.Concat) {
            units = Arrays.stream(inputs).flatMapToDouble(Arrays::stream).toArray();
        } else if (node.op() instanceof Op.Resample map && !map.channels().isUnchanged()) {
            Arrays.setAll(units, channel -> {
                SampledAxis.Window window = map.channels().windows().get(channel);
                return window.weights().isEmpty() ? 0 : inputs[0][window.first()];
            });
        } else {
            double window = node.op() instanceof Op.AveragePool ? 4 : 1;
            Arrays.setAll(units, channel -> inputs[0][channel] / window);
        }
        return units;
    }

    @Test
    void resultsInBf16AreThoseOfF32ButForRounding() {
        Weights weights = RearrangedNetwork.random(NARROW, 3);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 2)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            ExecutionOptions options = ExecutionOptions.inference(COUNT, STEPS);
            float[] images = RearrangedNetwork.images(COUNT, 4);
            float[] narrow = Logits.on(bf16.backend(), NARROW, weights, options, images, 1);
            assertThat(Logits.meanError(narrow, Logits.on(cpu, NARROW, weights, options, images, 1)))
                    .isBetween(1e-9, 0.05);
            assertThat(bf16.narrowReads()).as("conv2, conv3, conv4 and fc1").isEqualTo(4);
            assertThat(bf16.sums()).as("act4 adds").isEqualTo(1);
        }
    }
}
