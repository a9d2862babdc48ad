package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.common.RateLoss;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.paper.Initialisation;
import org.ambispike.support.GradientCheck;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.ResidualNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of whole networks against finite differences, through time with the smooth surrogate. */
class ExecutorGradientTest {
    private static final int BATCH = 3;
    private static final double KAPPA = 2;
    private static final double STEP = 4e-3;

    @ParameterizedTest
    @CsvSource({"PAIR,1,false", "PAIR,3,false", "PAIR,3,true", "SINGLE,4,false", "IF,3,true", "PAIR,18,false"})
    void spikingNetworkThroughTime(NeuronVariant variant, int timeSteps, boolean perChannel) {
        Network ann = clipped(perChannel);
        Converter.Conversion snn = Converter.convert(ann, variant);
        check(snn.graph(), snn.weights(), timeSteps);
    }

    @ParameterizedTest
    @CsvSource({"PAIR,0.1,1,false", "PAIR,0.1,3,true", "SINGLE,0.1,4,false", "IF,0.1,3,true", "PAIR,0,3,false"})
    void residualNetworkThroughTime(NeuronVariant variant, double alpha, int timeSteps, boolean perChannel) {
        Network ann = ResidualNetwork.clipped(alpha, perChannel);
        Converter.Conversion snn = Converter.convert(ann, variant);
        check(snn.graph(), snn.weights(), timeSteps);
    }

    @ParameterizedTest
    @CsvSource({"PAIR,3,false", "SINGLE,4,true", "SYMMETRIC,2,false", "AUGMENTED,3,false"})
    void slopesByChannelThroughTime(NeuronVariant variant, int timeSteps, boolean perChannel) {
        Converter.Conversion snn = Converter.convert(ResidualNetwork.sloped(perChannel), variant);
        check(snn.graph(), snn.weights(), timeSteps);
    }

    /** A layer by depth with two outputs for each channel, and one of two groups. */
    @Test
    void groupedNetworkThroughTime() {
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 4, 3, 2, 1, 2)), List.of("input")),
                new Node("act1", leaky(), List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(4, 3, 4, 6, 3, 1, 1, 2)), List.of("act1")),
                new Node("act2", leaky(), List.of("conv2")),
                new Node("fc1", new Op.Linear(72, 4), List.of("act2"))));
        Map<String, Thresholds.Pair> thresholds =
                Map.of("act1", new Thresholds.Pair(0.43, 0.037), "act2", new Thresholds.Pair(0.31, 0.021));
        Network ann = Thresholds.clip(new Network(graph, Initialisation.uniform(graph, 5)), thresholds, false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        check(snn.graph(), snn.weights(), 3);
    }

    /** Maxima have kinks, of which a small step crosses few. */
    @ParameterizedTest
    @CsvSource({"PAIR,1", "PAIR,3", "SINGLE,4", "INTEGRATE_AND_FIRE,3"})
    void maxPoolsThroughTime(NeuronModel model, int timeSteps) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), true);
        check(graph, MaxPoolNetwork.random(graph, 5), timeSteps, STEP / 10);
    }

    /** Clips have kinks too. */
    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void maxPoolsOfAnAnn(long seed) {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.clipped(), true);
        check(graph, MaxPoolNetwork.random(graph, seed), 1, STEP / 50);
    }

    @ParameterizedTest
    @CsvSource({"PAIR,1", "PAIR,3", "SINGLE,4", "INTEGRATE_AND_FIRE,3"})
    void rearrangedNetworkThroughTime(NeuronModel model, int timeSteps) {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.spike(model));
        check(graph, RearrangedNetwork.random(graph, 5), timeSteps);
    }

    /** Its clipped activations have kinks, of which a small step crosses few. */
    @Test
    void clippedRearrangedNetwork() {
        Graph graph = RearrangedNetwork.graph(RearrangedNetwork.clipped());
        check(graph, RearrangedNetwork.random(graph, 5), 1, STEP / 20);
    }

    /** Its clipped activations have kinks, of which a small step crosses few. */
    @Test
    void clippedResidualNetwork() {
        Network ann = ResidualNetwork.clipped(0.1, false);
        check(ann.graph(), ann.weights(), 1, STEP / 10);
        Network sloped = ResidualNetwork.sloped(false);
        check(sloped.graph(), sloped.weights(), 1, STEP / 10);
    }

    @Test
    void clippedNetwork() {
        Network ann = clipped(true);
        check(ann.graph(), ann.weights(), 1);
    }

    /** The losses depend on the batch's statistics too. With a slope near 1 its kinks are small. */
    @Test
    void normalisedNetwork() {
        Graph graph = NormalisedNetwork.graph(0.95);
        check(graph, NormalisedNetwork.weights(graph, 4), 1, 2 * STEP);
    }

    private static Network clipped(boolean perChannel) {
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 3, 3, 1, 1)), List.of("input")),
                new Node("act1", leaky(), List.of("conv1")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(7, 6, 3, 2, 2)), List.of("act1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(3, 3, 3, 5, 3, 1, 1)), List.of("pool1")),
                new Node("act2", leaky(), List.of("conv2")),
                new Node("fc1", new Op.Linear(45, 4), List.of("act2"))));
        Map<String, Thresholds.Pair> thresholds =
                Map.of("act1", new Thresholds.Pair(0.43, 0.037), "act2", new Thresholds.Pair(0.31, 0.021));
        return Thresholds.clip(new Network(graph, Initialisation.uniform(graph, 5)), thresholds, perChannel);
    }

    private static Op leaky() {
        return new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false);
    }

    private static void check(Graph graph, Weights weights, int timeSteps) {
        check(graph, weights, timeSteps, STEP);
    }

    private static void check(Graph graph, Weights weights, int timeSteps, double largestStep) {
        SplittableRandom random = new SplittableRandom(11);
        float[] images = new float[Math.toIntExact(graph.inputShape().elements()) * BATCH];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        ExecutionOptions options =
                ExecutionOptions.training(BATCH, timeSteps).withRateGradients().withSmoothSpikes();
        try (Backend backend = CpuBackend.open(Precision.F32, 2);
                ParameterStore store = ParameterStore.create(backend, graph, weights, true);
                Executor executor = Executor.plan(backend, graph, store, options);
                DeviceBuffer labels = backend.memory().allocate("labels", BATCH * Integer.BYTES);
                DeviceBuffer result = backend.memory().allocate("result", 3 * Double.BYTES);
                DeviceBuffer target = backend.memory().allocate("target", 1 << 12)) {
            backend.memory().upload(new int[] {2, 0, 3}, 0, BATCH, labels);
            backend.memory().fill(target, 0.07);
            executor.kappa(KAPPA);
            executor.input(images, BATCH);
            loss(backend, executor, labels, target, result, graph);
            executor.backward(true);
            GradientCheck.assertSlopes(
                    backend,
                    store,
                    graph,
                    weights,
                    largestStep,
                    () -> loss(backend, executor, labels, target, result, graph));
        }
    }

    private static double loss(
            Backend backend,
            Executor executor,
            DeviceBuffer labels,
            DeviceBuffer target,
            DeviceBuffer result,
            Graph graph) {
        double[] values = new double[3];
        executor.forward();
        backend.training()
                .softmaxLoss(
                        SoftmaxLoss.labels(0.1),
                        new SoftmaxBuffers(
                                executor.finalLogits(),
                                labels,
                                DeviceBuffer.absent(),
                                DeviceBuffer.absent(),
                                executor.logitsGradient(),
                                result),
                        BATCH,
                        graph.classes());
        backend.memory().download(result, values);
        double total = values[0];
        for (Node neuron : graph.neurons()) {
            double[] rate = new double[2];
            backend.training()
                    .rateLoss(
                            RateLoss.MSE,
                            new RateBuffers(
                                    executor.rate(neuron.name()),
                                    target,
                                    DeviceBuffer.absent(),
                                    executor.rateGradient(neuron.name()),
                                    result),
                            executor.scratch(),
                            executor.neurons(neuron),
                            0,
                            0.2);
            backend.memory().download(result, rate);
            total += 0.2 * rate[0];
        }
        return total;
    }

    @Test
    void memoryIsGivenBackAndNothingIsAllocatedAfterTheFirstStep() {
        Network ann = clipped(false);
        Converter.Conversion snn = Converter.convert(ann, NeuronVariant.PAIR);
        Backend backend = CpuBackend.open(Precision.F32, 1);
        float[] images = new float[Math.toIntExact(snn.graph().inputShape().elements()) * BATCH];
        try (ParameterStore store = ParameterStore.create(backend, snn.graph(), snn.weights(), true);
                Executor executor = Executor.plan(backend, snn.graph(), store, ExecutionOptions.training(BATCH, 4))) {
            executor.input(images, BATCH);
            executor.forward();
            executor.backward(false);
            long allocations = backend.memory().allocations();
            long live = backend.memory().liveBytes();
            assertThat(live).isEqualTo(executor.forecast().totalBytes());
            for (int step = 0; step < 5; step++) {
                executor.forward();
                executor.backward(false);
            }
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
            assertThat(backend.memory().liveBytes()).isEqualTo(live);
        }
        assertThat(backend.memory().liveBytes()).isZero();
        backend.close();
        assertThat(Optional.of(backend.memory().liveBytes())).contains(0L);
    }
}
