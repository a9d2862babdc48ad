package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks on another gpu, through its libraries and its graphs, against the CPU in f32. */
@OnGpus
class NetworkTest extends DeviceContract {
    private static final int BATCH = 12;
    private static final int STEPS = 8;
    /** The first is direct, the second is captured, the third is a replay. */
    private static final int RUNS = 3;

    /** Precisions whose sums are f32, where the operands of an exact network lose nothing. */
    static Stream<Arguments> exactCases() {
        return Stream.of(Precision.F32, Precision.TF32)
                .flatMap(precision -> Stream.of(NeuronVariant.values()).flatMap(variant -> Stream.of(false, true)
                        .map(perChannel -> Arguments.of(precision, variant, perChannel))));
    }

    @ParameterizedTest
    @MethodSource("exactCases")
    void aNetworkOfExactSumsSpikesBitForBit(Precision precision, NeuronVariant variant, boolean perChannel) {
        SavedModel model = SmallNetworks.exact(variant, perChannel, 5);
        assertSameBits(precision, model.graph(), model.weights());
    }

    private void assertSameBits(Precision precision, Graph graph, Weights weights) {
        try (Backend gpu = device.open(precision);
                Backend cpu = CpuBackend.open(Precision.F32, 1)) {
            Map<String, float[]> expected = inferences(cpu, graph, weights, STEPS);
            Map<String, float[]> actual = inferences(gpu, graph, weights, STEPS);
            assertThat(actual).containsOnlyKeys(expected.keySet());
            expected.forEach(
                    (name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
        }
    }

    @ParameterizedTest
    @EnumSource
    void maxPoolsOfExactSumsSpikeBitForBit(NeuronModel model) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), true);
        assertSameBits(Precision.F32, graph, MaxPoolNetwork.exact(graph, 5));
    }

    @ParameterizedTest
    @EnumSource
    void rearrangementsOfExactSumsSpikeBitForBit(NeuronModel model) {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(model));
        assertSameBits(Precision.F32, graph, RearrangedNetwork.exact(graph, 5));
    }

    @Test
    void ratesBehindRearrangementsInBf16AreTheCpus() {
        Graph graph = RearrangedNetwork.narrow(
                RearrangedNetwork.spike(NeuronModel.PAIR), RearrangedNetwork.spikeByLayer(NeuronModel.PAIR));
        assertMeansAreNear(
                Precision.BF16,
                graph,
                RearrangedNetwork.random(graph, 5),
                List.of("0 act1", "0 act2", "0 act3", "1 act4", "2 act4", "2 logits"),
                0.05);
    }

    /** @param names of the results that are compared, each by the mean difference over the mean size */
    private void assertMeansAreNear(
            Precision precision, Graph graph, Weights weights, List<String> names, double most) {
        try (Backend gpu = device.open(precision);
                Backend cpu = CpuBackend.open(Precision.F32, 1)) {
            Map<String, float[]> expected = inferences(cpu, graph, weights, STEPS);
            Map<String, float[]> actual = inferences(gpu, graph, weights, STEPS);
            for (String name : names) {
                assertThat(Logits.meanError(actual.get(name), expected.get(name)))
                        .as("%s in %s", name, precision)
                        .isLessThan(most);
            }
        }
    }

    @Test
    void gradientsThroughRearrangementsAreTheCpus() {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(NeuronModel.PAIR));
        ExecutionOptions options =
                ExecutionOptions.training(BATCH, 4).withRateGradients().withSmoothSpikes();
        assertGradients(graph, RearrangedNetwork.random(graph, 5), options, true, Precision.F32, 1e-5);
    }

    @Test
    void ratesBehindMaxPoolsInBf16AreTheCpus() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), false);
        assertMeansAreNear(
                Precision.BF16,
                graph,
                MaxPoolNetwork.random(graph, 5),
                List.of("0 act1", "0 act2", "1 act2", "2 act2"),
                0.02);
    }

    @Test
    void gradientsThroughMaxPoolsAreTheCpus() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), true);
        ExecutionOptions options =
                ExecutionOptions.training(BATCH, 4).withRateGradients().withSmoothSpikes();
        assertGradients(graph, MaxPoolNetwork.random(graph, 5), options, true, Precision.F32, 1e-5);
    }

    /** Results of each run under the names of the layers. */
    private static Map<String, float[]> inferences(Backend backend, Graph graph, Weights weights, int steps) {
        ExecutionOptions options =
                ExecutionOptions.inference(BATCH, steps).withRates().withCounts();
        Map<String, float[]> results = new LinkedHashMap<>();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            long allocations = backend.memory().allocations();
            for (int run = 0; run < RUNS; run++) {
                executor.input(images(graph, run), BATCH);
                executor.forward();
                results.put(run + " logits", Logits.download(backend, executor.logits()));
                for (Node neuron : graph.neurons()) {
                    results.put(run + " " + neuron.name(), Logits.download(backend, executor.rate(neuron.name())));
                    results.put(
                            run + " counts " + neuron.name(), Logits.download(backend, executor.counts(neuron.name())));
                }
            }
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
        }
        assertThat(backend.memory().liveBytes()).isZero();
        return results;
    }

    /** Sixteenths in [-1, 1.5). */
    private static float[] images(Graph graph, int seed) {
        Random random = new Random(seed);
        float[] images = new float[BATCH * Math.toIntExact(graph.inputShape().elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (random.nextInt(40) - 16) / 16f;
        }
        return images;
    }

    /** Where drives differ in their last bits some neurons spike another time; the mean rates hardly move. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"F32", "TF32", "BF16"})
    void meanRatesAreTheCpus(Precision precision) {
        Network ann = ResidualNetwork.clipped(0.1, false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        List<String> names = IntStream.range(0, RUNS)
                .boxed()
                .flatMap(run -> snn.graph().neurons().stream().map(neuron -> run + " " + neuron.name()))
                .toList();
        assertMeansAreNear(precision, snn.graph(), snn.weights(), names, precision == Precision.BF16 ? 0.02 : 0.002);
    }

    /** Smooth spikes: what differs in its last bits still differs little after T steps. */
    @Test
    void gradientsThroughTimeAreTheCpus() {
        Network ann = ResidualNetwork.clipped(0.1, true);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        ExecutionOptions options =
                ExecutionOptions.training(BATCH, 4).withRateGradients().withSmoothSpikes();
        assertGradients(snn.graph(), snn.weights(), options, true, Precision.F32, 1e-5);
        assertGradients(snn.graph(), snn.weights(), options, true, Precision.TF32, 5e-3);
        assertGradients(snn.graph(), snn.weights(), options, true, Precision.BF16, 5e-2);
    }

    @Test
    void gradientsOfAnAnnWithBatchNormalisationAreTheCpus() {
        Graph graph = NormalisedNetwork.graph(0.1);
        Weights weights = NormalisedNetwork.weights(graph, 3);
        ExecutionOptions options = ExecutionOptions.training(BATCH, 1);
        assertGradients(graph, weights, options, false, Precision.F32, 1e-5);
        assertGradients(graph, weights, options, false, Precision.TF32, 5e-3);
        assertGradients(graph, weights, options, false, Precision.BF16, 5e-2);
    }

    private void assertGradients(
            Graph graph,
            Weights weights,
            ExecutionOptions options,
            boolean rates,
            Precision precision,
            double tolerance) {
        try (Backend gpu = device.open(precision);
                Backend cpu = CpuBackend.open(Precision.F32, 1)) {
            List<float[]> expected = gradients(cpu, graph, weights, options, rates);
            List<float[]> actual = gradients(gpu, graph, weights, options, rates);
            for (int run = 0; run < RUNS; run++) {
                assertThat(Logits.relativeError(actual.get(run), expected.get(run)))
                        .as("gradient of run %d in %s", run, precision)
                        .isLessThan(tolerance);
            }
        }
    }

    /** Gradients of all parameters together, for each run: some alone are nothing but rounding, as a bias before a normalisation. */
    private static List<float[]> gradients(
            Backend backend, Graph graph, Weights weights, ExecutionOptions options, boolean rates) {
        List<float[]> gradients = new ArrayList<>();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, true);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            for (int run = 0; run < RUNS; run++) {
                Random random = new Random(run);
                executor.input(images(graph, run), BATCH);
                executor.forward();
                upload(backend, executor.logitsGradient(), random);
                if (rates) {
                    graph.neurons().forEach(neuron -> upload(backend, executor.rateGradient(neuron.name()), random));
                }
                executor.backward(rates);
                gradients.add(Logits.download(backend, store.allGradients()));
            }
        }
        assertThat(backend.memory().liveBytes()).isZero();
        return gradients;
    }

    private static void upload(Backend backend, DeviceBuffer target, Random random) {
        float[] values = DeviceArrays.gaussian(random, Math.toIntExact(target.floats()));
        backend.memory().upload(values, 0, values.length, target);
    }

    @Test
    void workIsTimed() {
        CudaBackend cuda = (CudaBackend) backend;
        DeviceBuffer x = arrays.upload("x", new float[1 << 16]);
        double once = Double.POSITIVE_INFINITY;
        double often = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 5; round++) { // the least of several: others disturb
            once = Math.min(once, cuda.milliseconds(() -> backend.memory().fill(x, 3)));
            often = Math.min(often, cuda.milliseconds(() -> {
                for (int run = 0; run < 200; run++) {
                    backend.memory().fill(x, 4);
                }
            }));
        }
        assertThat(once).isPositive();
        assertThat(often).isGreaterThan(once);
        assertThat(arrays.download(x)).containsOnly(4);
    }
}
