package org.ambispike.io;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** Small networks with random parameters. */
final class SampleModels {
    private SampleModels() {}

    /** A convolution, a neuron, pooling, a hidden layer with its neuron, and the logits; all choices by the seed. */
    static SavedModel random(long seed) {
        Random random = new Random(seed);
        Graph graph = graph(random);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes()
                .forEach((name, shape) -> tensors.put(
                        name, name.contains(".theta") ? positive(tensor(random, shape)) : tensor(random, shape)));
        return new SavedModel(graph, new Weights(tensors), info(random, graph));
    }

    static Op neuron(Random random) {
        double alpha = 1 - random.nextDouble();
        if (random.nextBoolean()) {
            NeuronModel[] models = NeuronModel.values();
            NeuronModel model = models[random.nextInt(models.length)];
            boolean single = model.takesBack() || random.nextBoolean();
            int quanta = single ? 1 : 1 + random.nextInt(NeuronModel.MAX_QUANTA);
            int gains = model == NeuronModel.GRADED ? random.nextInt(NeuronModel.MAX_GAINS + 1) : 0;
            return new Op.Spike(model, alpha, random.nextBoolean(), quanta, List.of(), gains);
        }
        Op.ActivationKind[] kinds = Op.ActivationKind.values();
        return new Op.Activation(
                kinds[random.nextInt(kinds.length)], alpha, 1 + random.nextInt(8), random.nextBoolean());
    }

    /** Values over the whole range of finite floats, zeros of both signs among them. */
    static HostTensor tensor(Random random, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(any) ? any : random.nextBoolean() ? -0f : 0f;
        }
        return new HostTensor(shape, values);
    }

    private static HostTensor positive(HostTensor tensor) {
        float[] values = tensor.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(Math.abs(values[i]), Float.MIN_VALUE);
        }
        return new HostTensor(tensor.shape(), values);
    }

    private static Graph graph(Random random) {
        int channels = 1 + random.nextInt(3);
        ConvGeometry conv = new ConvGeometry(
                6 + random.nextInt(4), 6 + random.nextInt(4), channels, 1 + random.nextInt(5), 3, 1, random.nextInt(2));
        PoolGeometry pool = new PoolGeometry(conv.outHeight(), conv.outWidth(), conv.outChannels(), 2, 2);
        int features = Math.toIntExact(pool.outputShape().elements());
        int hidden = 1 + random.nextInt(9);
        return new Graph(List.of(
                new Node("image", new Op.Input(conv.inputShape()), List.of()),
                new Node("conv1", new Op.Conv2d(conv), List.of("image")),
                new Node("neuron1", neuron(random), List.of("conv1")),
                new Node("pool1", new Op.AveragePool(pool), List.of("neuron1")),
                new Node("drop1", new Op.Dropout(random.nextDouble()), List.of("pool1")),
                new Node("fc1", new Op.Linear(features, hidden), List.of("drop1")),
                new Node("neuron2", neuron(random), List.of("fc1")),
                new Node("logits", new Op.Linear(hidden, 3), List.of("neuron2"))));
    }

    private static ModelInfo info(Random random, Graph graph) {
        List<Float> mean = random.doubles(graph.inputShape().extent(-1))
                .mapToObj(value -> (float) value)
                .toList();
        List<Float> deviation =
                mean.stream().map(value -> value + Float.MIN_NORMAL).toList();
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("seed", Long.toString(random.nextLong()));
        provenance.put("accuracy T=4", Double.toString(random.nextDouble()));
        provenance.put("a \"quoted\"\n line", "∅ \\ \u0001 \uD83D\uDE00");
        return new ModelInfo(
                "net" + random.nextInt(100),
                "random pixels",
                new Normalisation(mean, deviation),
                random.nextBoolean() ? List.of("cat", "dog", "ship") : List.of(),
                random.nextBoolean() ? List.of() : List.of(1, 2, 4),
                provenance);
    }

    /** The metadata of a model's file without the checksum, so that faults reach the checks behind it. */
    static Map<String, String> unstamped(SavedModel model) {
        return new TreeMap<>(Map.of(
                "format",
                ModelFiles.FORMAT,
                "version",
                "1",
                "graph",
                GraphJson.write(model.graph()),
                "info",
                StrictJson.write(model.info())));
    }
}
