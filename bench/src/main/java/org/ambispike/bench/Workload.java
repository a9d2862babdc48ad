package org.ambispike.bench;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Architecture;
import org.ambispike.paper.Net4;
import org.ambispike.train.StepLoop;

/**
 * A network, mostly Net4, with random weights and random images: what it costs does not depend on what it has learnt.
 *
 * @param name of the network
 * @param ann Leaky-ReLU network with dropout
 * @param clipped the same with thresholds
 * @param spiking pair neurons
 */
record Workload(String name, Network ann, Network clipped, Network spiking, Dataset images) {
    static final int TRAINING_BATCH = 128;
    static final int CALIBRATION_BATCH = 100;
    static final int CALIBRATION_STEPS = 4;
    static final int INFERENCE_BATCH = 100;
    static final int INFERENCE_STEPS = 8;

    private static final double ALPHA = 0.1;
    private static final double DROPOUT = 0.3;
    private static final int IMAGES = 6400;
    /** Near the largest activations of random weights, so that some neurons fire, most of them rarely. */
    private static final Thresholds.Pair THRESHOLDS = new Thresholds.Pair(0.5, 0.1);

    static Workload net4() {
        return of(new Net4());
    }

    /** Of any network; batch normalisation is folded. */
    static Workload of(Architecture network) {
        Graph trained = network.graph(ALPHA, DROPOUT);
        BatchNormFolding folded = BatchNormFolding.of(new Network(trained, network.initial(trained, 1)));
        Graph graph = folded.graph();
        Network ann = folded.network();
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        for (Node node : graph.neurons()) {
            thresholds.put(node.name(), THRESHOLDS);
        }
        Network clipped = Thresholds.clip(ann, thresholds, false);
        Converter.Conversion spiking = Converter.convert(clipped, NeuronVariant.PAIR);
        return new Workload(network.name(), ann, clipped, spiking.network(), images(graph));
    }

    /** The spiking network as programs load it. */
    SpikingModel model() {
        return SpikingModel.of(new SavedModel(
                spiking,
                new ModelInfo(name, images.name(), images.normalisation(), images.classNames(), List.of(), Map.of())));
    }

    /** Training the ANN on labels. */
    StepLoop training(Backend backend) {
        return new StepLoop(backend, images, ann, ExecutionOptions.training(TRAINING_BATCH, 1), Optional.empty());
    }

    /** Joint calibration of the spiking network with the ANN as its teacher. */
    StepLoop calibration(Backend backend) {
        ExecutionOptions options =
                ExecutionOptions.training(CALIBRATION_BATCH, CALIBRATION_STEPS).withRateGradients();
        return new StepLoop(backend, images, spiking, options, Optional.of(clipped));
    }

    /** Training the spiking network through time on labels. */
    StepLoop throughTime(Backend backend, int batch, int timeSteps) {
        return new StepLoop(backend, images, spiking, ExecutionOptions.training(batch, timeSteps), Optional.empty());
    }

    /** The first images as networks take them, [count, H, W, C]. */
    FloatBuffer normalised(int count) {
        try (Batches batches = Batches.open(images, BatchOptions.inOrder(count))) {
            batches.start(0);
            batches.advance();
            return FloatBuffer.wrap(batches.current().images().clone());
        }
    }

    private static Dataset images(Graph graph) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] pixels = new byte[Math.toIntExact(IMAGES * graph.inputShape().elements())];
        int[] labels = new int[IMAGES];
        random.nextBytes(pixels);
        for (int index = 0; index < IMAGES; index++) {
            labels[index] = random.nextInt(graph.classes());
        }
        List<String> classNames =
                IntStream.range(0, graph.classes()).mapToObj(Integer::toString).toList();
        return Dataset.of(
                "random images",
                graph.inputShape(),
                pixels,
                labels,
                classNames,
                new Normalisation(
                        Collections.nCopies(graph.inputShape().extent(-1), 0.5f),
                        Collections.nCopies(graph.inputShape().extent(-1), 0.3f)));
    }
}
