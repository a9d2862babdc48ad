package org.ambispike.support;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Converter.Conversion;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** Small networks with sums of every kind that neurons may add up themselves, or not. */
public enum ResidualGraphs {
    /** A sum of currents and the spikes of the layer before. */
    IDENTITY(1, "conv2", "act1"),
    /** A sum of two convolutions of the same spikes. */
    CONVOLUTION(1, "conv2", "shortcut"),
    /** A sum of a convolution of the image, which is constant in time, and one that is not. */
    CONSTANT(1, "early", "conv2"),
    /** A sum of a value and itself. */
    TWICE(1, "conv2", "conv2"),
    /** Dropout on all ways into the sum and out of it. */
    DROPOUT(1, "drop2", "drop1"),
    /** A sum of a pool of spikes. */
    POOL(1, "conv3", "pool1"),
    /** A sum of what a matrix multiplication gives in f32. */
    PRODUCT(1, "act1", "dense"),
    /** Read by another sum too, so that it stays a step of its own: the f32 drive of the other's neurons. */
    READ_TWICE(1, "conv2", "act1");

    private static final int SIZE = 4;
    private static final int CHANNELS = 4;

    private final int joined;
    private final String first;
    private final String second;

    ResidualGraphs(int joined, String first, String second) {
        this.joined = joined;
        this.first = first;
        this.second = second;
    }

    /** How many sums neurons add up. */
    public int joined() {
        return joined;
    }

    /** 4 x 4 x 2 inputs, 4 classes; pools before the last layer. */
    private Graph leaky() {
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.25, 0, false);
        Op drop = new Op.Dropout(0.5);
        Op pool = new Op.AveragePool(new PoolGeometry(SIZE, SIZE, CHANNELS, 2, 2));
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node("input", new Op.Input(Shape.of(SIZE, SIZE, 2)), List.of()));
        nodes.add(new Node("conv1", convolution(SIZE, 2), List.of("input")));
        nodes.add(new Node("act1", leaky, List.of("conv1")));
        nodes.add(new Node("conv2", convolution(SIZE, CHANNELS), List.of("act1")));
        switch (this) {
            case CONVOLUTION -> nodes.add(new Node("shortcut", convolution(SIZE, CHANNELS), List.of("act1")));
            case CONSTANT -> nodes.add(new Node("early", convolution(SIZE, 2), List.of("input")));
            case DROPOUT -> {
                nodes.add(new Node("drop1", drop, List.of("act1")));
                nodes.add(new Node("drop2", drop, List.of("conv2")));
            }
            case POOL -> {
                nodes.add(new Node("pool1", pool, List.of("act1")));
                nodes.add(new Node("act2", leaky, List.of("conv2")));
                nodes.add(new Node("pool2", pool, List.of("act2")));
                nodes.add(new Node("conv3", convolution(SIZE / 2, CHANNELS), List.of("pool2")));
            }
            case PRODUCT -> {
                nodes.clear();
                nodes.add(new Node("input", new Op.Input(Shape.of(SIZE, SIZE, 2)), List.of()));
                nodes.add(new Node("flat", new Op.Linear(SIZE * SIZE * 2, CHANNELS), List.of("input")));
                nodes.add(new Node("act1", leaky, List.of("flat")));
                nodes.add(new Node("dense", new Op.Linear(CHANNELS, CHANNELS), List.of("act1")));
            }
            default -> {}
        }
        nodes.add(new Node("sum", new Op.Add(), List.of(first, second)));
        String last = "sum";
        if (this == DROPOUT) {
            nodes.add(new Node("drop3", drop, List.of("sum")));
            last = "drop3";
        }
        nodes.add(new Node("neurons", leaky, List.of(last)));
        last = "neurons";
        if (this == READ_TWICE) {
            nodes.add(new Node("sum2", new Op.Add(), List.of("neurons", "sum")));
            nodes.add(new Node("neurons2", leaky, List.of("sum2")));
            last = "neurons2";
        }
        if (this != POOL && this != PRODUCT) {
            nodes.add(new Node("pool", pool, List.of(last)));
            nodes.add(new Node("drop", drop, List.of("pool")));
            last = "drop";
        }
        int inputs = this == PRODUCT ? CHANNELS : SIZE / 2 * (SIZE / 2) * CHANNELS;
        nodes.add(new Node("fc", new Op.Linear(inputs, 4), List.of(last)));
        return new Graph(nodes);
    }

    private static Op convolution(int size, int channels) {
        return new Op.Conv2d(new ConvGeometry(size, size, channels, CHANNELS, 1, 1, 0));
    }

    /**
     * Weights of which every value in a pass has fewer than 9 significant bits, for images of {@link #images}: nothing is
     * rounded in bf16.
     */
    public Conversion exact(NeuronVariant variant) {
        SplittableRandom random = new SplittableRandom(ordinal());
        return converted(() -> random.nextInt(-1, 2) / 2.0, 0.5, 0.125, variant);
    }

    public Conversion real(NeuronVariant variant) {
        SplittableRandom random = new SplittableRandom(ordinal());
        return converted(() -> random.nextDouble(-0.7, 0.7), 0.43, 0.037, variant);
    }

    private Conversion converted(
            DoubleSupplier parameters, double thetaPositive, double thetaNegative, NeuronVariant variant) {
        Graph graph = leaky();
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = (float) parameters.getAsDouble();
            }
            tensors.put(name, tensor);
        });
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        graph.neurons().forEach(node -> thresholds.put(node.name(), new Thresholds.Pair(thetaPositive, thetaNegative)));
        Network clipped = Thresholds.clip(new Network(graph, new Weights(tensors)), thresholds, true);
        return Converter.convert(clipped, variant);
    }

    /** [count, 4, 4, 2], quarters in [-1, 1.5). */
    public static float[] images(int count) {
        SplittableRandom random = new SplittableRandom(7);
        float[] images = new float[count * SIZE * SIZE * 2];
        for (int index = 0; index < images.length; index++) {
            images[index] = random.nextInt(-4, 6) / 4f;
        }
        return images;
    }
}
