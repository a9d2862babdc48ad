package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.ambispike.AnnModel;
import org.ambispike.ForwardCalibration;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.run.BackendParts;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.support.RearrangedNetwork;
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Calibration layer by layer without gradients or labels, of networks with every kind of branch. */
class ForwardCalibratorTest {
    private static final Op LEAKY = new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false);
    private static final int STEPS = 4;
    private static final int IMAGES = 5;
    private static final int CHUNK = 2;

    /** Networks and their weights, for which every sum is exact. */
    static Stream<Network> exactNetworks() {
        return Stream.of(NeuronModel.PAIR, NeuronModel.INTEGRATE_AND_FIRE).flatMap(model -> Stream.of(
                        MaxPoolNetwork.graph(MaxPoolNetwork.spike(model), true),
                        RearrangedNetwork.graph(RearrangedNetwork.spike(model)))
                .map(graph -> new Network(
                        graph,
                        graph.nodes().size() > 12
                                ? RearrangedNetwork.exact(graph, 3)
                                : MaxPoolNetwork.exact(graph, 3))));
    }

    /** What each layer emits in a pass of the whole network, [T, images, H, W, C]. */
    private static Map<String, float[]> emittedByWhole(Backend backend, Network network) {
        Map<String, float[]> emitted = new LinkedHashMap<>();
        try (ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor executor = Executor.plan(
                        backend,
                        network.graph(),
                        store,
                        ExecutionOptions.inference(IMAGES, STEPS).withTrace())) {
            executor.input(RearrangedNetwork.images(IMAGES, 4), IMAGES);
            executor.forward();
            network.graph()
                    .neurons()
                    .forEach(neuron ->
                            emitted.put(neuron.name(), Logits.download(backend, executor.emitted(neuron.name()))));
        }
        return emitted;
    }

    @ParameterizedTest
    @MethodSource("exactNetworks")
    void layerByLayerNeuronsEmitWhatTheyDoInTheWholeNetwork(Network network) {
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            Map<String, float[]> expected = emittedByWhole(backend, network);
            LayerPass.Images images = new LayerPass.Images(IMAGES, CHUNK);
            long ofChunk = CHUNK * network.graph().inputShape().elements();
            float[] pixels = RearrangedNetwork.images(IMAGES, 4);
            BackendParts parts = new BackendParts(backend.split());
            LayerPass.Place place = new LayerPass.Place(backend, Optional.of(parts), new Cancellation());
            KeptFloats input = new KeptFloats(backend, "images", images.chunks(), ofChunk);
            for (int chunk = 0; chunk < images.chunks(); chunk++) {
                float[] of = new float[Math.toIntExact(ofChunk)];
                int from = chunk * of.length;
                System.arraycopy(pixels, from, of, 0, Math.min(of.length, pixels.length - from));
                input.keep(backend.memory(), of, chunk);
            }
            try (LayeredNetwork layers = new LayeredNetwork(place, images, network.graph(), STEPS, input)) {
                for (Node neuron : network.graph().neurons()) {
                    runLayer(backend, images, layers, neuron, network, expected.get(neuron.name()));
                }
            }
            parts.close();
            input.close();
            assertThat(backend.memory().liveBytes()).isZero();
        }
    }

    private static void runLayer(
            Backend backend,
            LayerPass.Images images,
            LayeredNetwork layers,
            Node neuron,
            Network network,
            float[] expected) {
        String name = neuron.name();
        int elements = Math.toIntExact(network.graph().shape(name).elements());
        KeptSpikes kept = new KeptSpikes(backend, neuron, network.weights(), images.chunks(), CHUNK * STEPS * elements);
        try (LayerPass pass =
                layers.open(name, network.weights(), layers.options().withTrace())) {
            pass.run((executor, arrays, index) -> {
                kept.keep(arrays, executor.emitted(name), index);
                float[] emitted = arrays.download(executor.emitted(name));
                for (int step = 0; step < STEPS; step++) {
                    for (int place = 0; place < images.size(index) * elements; place++) {
                        assertThat(emitted[step * CHUNK * elements + place])
                                .as("%s, chunk %d, step %d", name, index, step)
                                .isEqualTo(expected[(step * IMAGES + images.first(index)) * elements + place]);
                    }
                }
            });
        }
        layers.keep(name, kept);
        layers.finish(name);
    }

    @ParameterizedTest
    @EnumSource
    void spikesAreKeptAsTheyWere(NeuronModel model) {
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            Graph graph = new Graph(List.of(
                    new Node("input", new Op.Input(Shape.of(3)), List.of()),
                    new Node("act", MaxPoolNetwork.spike(model), List.of("input"))));
            Weights weights = weights(graph, 1.3f, 0.7f);
            HostArrays arrays = new HostArrays(backend.memory());
            try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                    Executor executor = Executor.plan(
                            backend,
                            graph,
                            store,
                            ExecutionOptions.inference(50, 9).withTrace());
                    KeptSpikes kept = new KeptSpikes(backend, graph.node("act"), weights, 2, 50 * 9 * 3)) {
                executor.input(normal(150, 2.0, 5), 50);
                executor.forward();
                float[] emitted = Logits.download(backend, executor.emitted("act"));
                assertThat(emitted).contains(1.3f);
                kept.keep(arrays, executor.emitted("act"), 1);
                backend.memory().fill(executor.emitted("act"), 7);
                kept.give(arrays, 1, executor.emitted("act"));
                int count = 50 * 9 * 3; // buffers may be longer
                assertThat(Arrays.copyOf(Logits.download(backend, executor.emitted("act")), count))
                        .containsExactly(Arrays.copyOf(emitted, count));
            }
        }
    }

    private static float[] normal(int count, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int index = 0; index < count; index++) {
            values[index] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    private static Weights weights(Graph graph, float positive, float negative) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes()
                .forEach((name, shape) -> tensors.put(
                        name,
                        HostTensor.filled(
                                shape,
                                name.endsWith("thetaPositive")
                                        ? positive
                                        : name.endsWith("thetaNegative") ? negative : 0.5f)));
        return new Weights(tensors);
    }

    /** And the errors that are told are those that a search which begins there finds. */
    @ParameterizedTest
    @EnumSource
    void noErrorOfALayerGrows(NeuronModel model) {
        Shape shape = Shape.of(6, 6, 4);
        LayerSample sample = new LayerSample(shape, 3, STEPS);
        Node neuron = new Node("act", MaxPoolNetwork.spike(model), List.of("drive"));
        Graph graph = new Graph(List.of(new Node("drive", new Op.Input(shape), List.of()), neuron));
        float[] drive = normal(sample.drive().length, 1, 1);
        System.arraycopy(drive, 0, sample.drive(), 0, drive.length);
        double alpha = model == NeuronModel.INTEGRATE_AND_FIRE ? 0 : 0.25;
        for (int index = 0; index < sample.target().length; index++) {
            double mean = 0.2;
            for (int step = 0; step < STEPS; step++) {
                mean += drive[step * sample.target().length + index] / STEPS;
            }
            sample.target()[index] = (float) (mean > 0 ? mean : alpha * mean);
        }
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            LayerSearch.Result found;
            try (LayerSearch search = new LayerSearch(backend, neuron, weights(graph, 3, 0.7f), sample, STEPS)) {
                found = search.run(true);
            }
            assertThat(found.after()).isLessThan(0.8 * found.before());
            for (int index = 0; index < drive.length; index++) {
                sample.drive()[index] = drive[index] + found.shift()[index % 4];
            }
            try (LayerSearch search = new LayerSearch(backend, neuron, found.weights(), sample, STEPS)) {
                LayerSearch.Result again = search.run(false);
                assertThat(again.before()).isEqualTo(found.after());
                assertThat(again.after()).isLessThanOrEqualTo(found.after());
            }
            assertThat(backend.memory().liveBytes()).isZero();
        }
    }

    static Stream<Graph> networks() {
        Op relu = new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false);
        return Stream.of(
                SmallNetworks.leakyGraph(),
                MaxPoolNetwork.graph(LEAKY, true),
                MaxPoolNetwork.graph(relu, false),
                RearrangedNetwork.graph(LEAKY),
                ResidualNetwork.clipped(0.1, false)
                        .graph()
                        .mapOps(node -> node.op().isNeuron() ? LEAKY : node.op()));
    }

    private static Dataset noise(Graph graph, int count, long seed) {
        byte[] pixels = new byte[Math.toIntExact(count * graph.inputShape().elements())];
        new Random(seed).nextBytes(pixels);
        List<Float> half = Collections.nCopies(graph.inputShape().extent(-1), 0.5f);
        return Dataset.unlabelled("noise", graph.inputShape(), pixels, new Normalisation(half, half));
    }

    private static AnnModel ann(Graph graph) {
        ModelInfo info = new ModelInfo(
                "net", "mine", noise(graph, 1, 1).normalisation(), List.of(), List.of(2), Map.of("seed", "7"));
        return AnnModel.of(new SavedModel(graph, Initialisation.he(graph, 5), info));
    }

    private static TrainingContext context(int threads, Dataset images) {
        return TrainingContext.on(CpuBackend.open(Precision.F32, threads), new TrainingImages(images, images));
    }

    /** Values of all results by image after T steps. */
    private static float[] results(Network network, int steps, Dataset images) {
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor executor = Executor.plan(
                        backend, network.graph(), store, ExecutionOptions.inference(images.size(), steps))) {
            float[] values = new float
                    [Math.toIntExact(images.size() * images.imageShape().elements())];
            for (int index = 0; index < values.length; index++) {
                int length = values.length / images.size();
                values[index] = (Byte.toUnsignedInt(images.image(index / length)[index % length]) / 255f - 0.5f) / 0.5f;
            }
            executor.input(values, images.size());
            executor.forward();
            return Logits.download(backend, executor.finalLogits());
        }
    }

    private static double error(float[] values, float[] wanted) {
        double squares = 0;
        double errors = 0;
        for (int index = 0; index < values.length; index++) {
            squares += wanted[index] * wanted[index];
            errors += (values[index] - wanted[index]) * (values[index] - wanted[index]);
        }
        return Math.sqrt(errors / squares);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void resultsOfOtherImagesComeNearerTheAnn(Graph graph) {
        AnnModel ann = ann(graph);
        Dataset images = noise(graph, 40, 2);
        Dataset others = noise(graph, 30, 3);
        float[] wanted = results(ann.saved().network(), 1, others);
        for (NeuronVariant neuron : List.of(NeuronVariant.PAIR, NeuronVariant.MEMORY)) {
            try (TrainingContext context = context(2, images)) {
                SpikingModel snn = ann.withThresholds(context, 1, false).convert(neuron);
                SpikingModel calibrated = snn.calibrate(context, ann, ForwardCalibration.forTimeSteps(2));
                double before = error(results(snn.saved().network(), 2, others), wanted);
                double after = error(results(calibrated.saved().network(), 2, others), wanted);
                assertThat(after).as(neuron + " " + before).isLessThan(0.75 * before);
                assertThat(context.backend().memory().liveBytes()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void weightsAreTheSameForAnyNumberOfThreads(Graph graph) {
        AnnModel ann = ann(graph);
        Dataset images = noise(graph, 37, 2);
        List<Weights> found = new ArrayList<>();
        for (int threads : new int[] {1, 2, 3}) {
            try (TrainingContext context = context(threads, images)) {
                SpikingModel snn = ann.withThresholds(5).convert(NeuronVariant.PAIR);
                found.add(snn.calibrate(context, ann, ForwardCalibration.forTimeSteps(3))
                        .saved()
                        .weights());
            }
        }
        found.forEach(
                weights -> assertThat(weights.tensors()).isEqualTo(found.get(0).tensors()));
    }

    @Test
    void theModelSaysHowItWasCalibrated() {
        AnnModel ann = ann(SmallNetworks.leakyGraph());
        List<String> lines = new ArrayList<>();
        try (TrainingContext context = context(1, noise(SmallNetworks.leakyGraph(), 20, 2))) {
            SpikingModel snn = ann.withThresholds(5).convert(NeuronVariant.PAIR);
            SpikingModel calibrated = snn.calibrate(
                    context.withListener(new Lines(lines)),
                    ann,
                    ForwardCalibration.builder(3).images(12).build());
            assertThat(calibrated.calibratedFor()).containsExactly(3);
            assertThat(calibrated.dataset()).isEqualTo("mine");
            assertThat(calibrated.provenance())
                    .containsEntry("calibration", "forward, 12 images of noise")
                    .containsEntry("seed", "7");
        }
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("calibrate-forward-T3 2");
        assertThat(lines.get(1)).matches("1 act1 error [0-9.]+, was [0-9.]+");
        assertThat(lines.get(2)).matches("2 act2 error [0-9.]+, was [0-9.]+");
    }

    private record Lines(List<String> lines) implements ProgressListener {
        @Override
        public void stage(String name, long steps) {
            lines.add(name + " " + steps);
        }

        @Override
        public void step(long done, String message) {
            lines.add(done + " " + message);
        }

        @Override
        public void note(String line) {
            lines.add(line);
        }

        @Override
        public void stageDone(String summary) {
            lines.add(summary);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        AnnModel ann = ann(SmallNetworks.leakyGraph());
        SpikingModel snn = ann.withThresholds(5).convert(NeuronVariant.PAIR);
        ForwardCalibration settings = ForwardCalibration.forTimeSteps(2);
        AnnModel other = ann(MaxPoolNetwork.graph(LEAKY, false));
        try (TrainingContext context = context(1, noise(SmallNetworks.leakyGraph(), 20, 2))) {
            assertThatThrownBy(() -> snn.calibrate(context, other, settings))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the teacher has images [7, 6, 2]");
        }
        try (TrainingContext context = context(1, noise(RearrangedNetwork.graph(MaxPoolNetwork.clipped()), 20, 2))) {
            assertThatThrownBy(() -> snn.calibrate(context, ann, settings))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("images [7, 6, 2] do not fit the model's input [6, 6, 2]");
        }
        assertThatThrownBy(() -> ForwardCalibration.forTimeSteps(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ForwardCalibration.builder(2).images(0).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRequestToStopIsHeard() {
        AnnModel ann = ann(SmallNetworks.leakyGraph());
        SpikingModel snn = ann.withThresholds(5).convert(NeuronVariant.PAIR);
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        try (TrainingContext context = context(2, noise(SmallNetworks.leakyGraph(), 20, 2))) {
            assertThatThrownBy(() -> snn.calibrate(
                            context.withCancellation(cancellation), ann, ForwardCalibration.forTimeSteps(2)))
                    .isInstanceOf(CancellationException.class);
            assertThat(context.backend().memory().liveBytes()).isZero();
        }
    }
}
