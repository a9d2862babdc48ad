package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Converter.Conversion;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.paper.ResNet18;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks with sums whose values are stored in bf16 and bytes, on a plain reference of such a backend. */
class Bf16ResidualTest {
    private static final int BATCH = 8;
    private static final int STEPS = 6;

    /** All that a pass leaves: logits, and by layer rates and counts. */
    record Results(float[] logits, Map<String, float[]> rates, Map<String, long[]> counts, long activationBytes) {}

    private static Results run(Backend backend, Graph graph, Weights weights, float[] images) {
        int count = images.length / Math.toIntExact(graph.inputShape().elements());
        ExecutionOptions options =
                ExecutionOptions.inference(count, STEPS).withRates().withCounts();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            executor.input(images, count);
            executor.forward();
            float[] logits = Logits.download(backend, executor.finalLogits(), (long) count * graph.classes());
            Map<String, float[]> rates = new LinkedHashMap<>();
            Map<String, long[]> counts = new LinkedHashMap<>();
            for (Node neuron : graph.neurons()) {
                rates.put(
                        neuron.name(),
                        Logits.download(backend, executor.rate(neuron.name()), executor.neurons(neuron)));
                long[] spikes = new long[2 * STEPS];
                backend.memory().download(executor.counts(neuron.name()), spikes);
                counts.put(neuron.name(), spikes);
            }
            return new Results(logits, rates, counts, executor.forecast().activationBytes());
        }
    }

    static Stream<Arguments> networks() {
        return Stream.of(ResidualGraphs.values()).flatMap(graph -> Stream.of(NeuronVariant.values())
                .filter(variant -> variant.quanta() == 1)
                .map(variant -> Arguments.of(graph, variant)));
    }

    /** Where bf16 has every value, the plan that stores it gives what the plain one gives, spike for spike. */
    @ParameterizedTest
    @MethodSource("networks")
    void nothingButRoundingIsDifferent(ResidualGraphs kind, NeuronVariant variant) {
        Conversion model = kind.exact(variant);
        float[] images = ResidualGraphs.images(BATCH);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 1)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            Results plain = run(cpu, model.graph(), model.weights(), images);
            Results stored = run(bf16.backend(), model.graph(), model.weights(), images);
            assertThat(bf16.sums()).isEqualTo(kind.joined());
            assertThat(stored.counts()).containsOnlyKeys(plain.counts().keySet());
            plain.counts().forEach((layer, counts) -> {
                assertThat(stored.counts().get(layer)).as(layer).isEqualTo(counts);
                assertThat(stored.rates().get(layer))
                        .as(layer)
                        .isEqualTo(plain.rates().get(layer));
            });
            assertThat(plain.counts().get("neurons"))
                    .as("the test shows something")
                    .isNotEqualTo(new long[2 * STEPS]);
            assertThat(stored.logits()).isEqualTo(plain.logits());
        }
    }

    @ParameterizedTest
    @EnumSource
    void logitsAreThoseOfF32ButForRounding(ResidualGraphs kind) {
        Conversion model = kind.real(NeuronVariant.PAIR);
        float[] images = ResidualGraphs.images(BATCH);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 1)) {
            Results plain = run(cpu, model.graph(), model.weights(), images);
            Results stored = run(new ReferenceBf16(cpu).backend(), model.graph(), model.weights(), images);
            assertThat(Logits.meanError(stored.logits(), plain.logits())).isBetween(1e-9, 0.05);
            assertThat(stored.activationBytes()).isLessThan(plain.activationBytes());
        }
    }

    private static Conversion resNet18() {
        ResNet18 net = new ResNet18(4);
        Graph graph = net.graph(0.1, 0.2);
        BatchNormFolding folded = BatchNormFolding.of(new Network(graph, net.initial(graph, 3)));
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        folded.graph().neurons().forEach(node -> thresholds.put(node.name(), new Thresholds.Pair(1.1, 0.07)));
        Network clipped = Thresholds.clip(folded.network(), thresholds, false);
        return Converter.convert(clipped, NeuronVariant.PAIR);
    }

    @Test
    void resNet18KeepsNothingInF32ButTheImageAndTheLogits() {
        Graph graph = resNet18().graph();
        LoweredGraph lowered = Lowering.lower(graph, StorageScheme.BF16, ExecutionOptions.inference(2, 2));
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Add) {
                assertThat(lowered.contains(node.name())).as(node.name()).isFalse();
            } else if (List.of("input", "fc").contains(node.name())) {
                assertThat(lowered.node(node.name()).type()).as(node.name()).isEqualTo(StorageType.F32);
            } else {
                boolean pooled = node.name().equals("block4_2.act2");
                assertThat(lowered.node(node.name()).type())
                        .as(node.name())
                        .isEqualTo(pooled ? StorageType.SPIKE_BYTE : StorageType.BF16);
            }
        }
    }

    /** A spike that rounding moves moves others: layer by layer single neurons differ more, and their sums do not. */
    @Test
    void resNet18AgreesWithF32() {
        Conversion model = resNet18();
        SplittableRandom random = new SplittableRandom(2);
        float[] images =
                new float[4 * Math.toIntExact(model.graph().inputShape().elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1.5, 1.5);
        }
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 1)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            Results plain = run(cpu, model.graph(), model.weights(), images);
            Results stored = run(bf16.backend(), model.graph(), model.weights(), images);
            assertThat(bf16.sums()).as("blocks").isEqualTo(8);
            assertThat(bf16.poolsOfBytes()).isEqualTo(1);
            for (String layer : List.of("act1", "block1_1.act1", "block1_1.act2", "block1_2.act1", "block1_2.act2")) {
                float[] rates = plain.rates().get(layer);
                assertThat(Logits.meanError(stored.rates().get(layer), rates))
                        .as(layer)
                        .isLessThan(0.05);
            }
            plain.counts().forEach((layer, counts) -> assertThat(
                            (double) LongStream.of(stored.counts().get(layer)).sum())
                    .as(layer)
                    .isCloseTo(LongStream.of(counts).sum(), withinPercentage(5)));
            assertThat(Logits.meanError(stored.logits(), plain.logits())).isBetween(1e-9, 0.2);
            assertThat(stored.activationBytes()).isLessThan(plain.activationBytes());
        }
    }
}
