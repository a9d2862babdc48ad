package org.ambispike.support;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.ModelInfo;

/**
 * A network with max pools: of a drive that is constant in time, with padding; of one that varies, whose last windows reach over
 * the edge; and, if wanted, of spikes.
 */
public final class MaxPoolNetwork {
    public static final int CLASSES = 4;
    private static final Shape IMAGE = Shape.of(7, 6, 2);
    private static final double ALPHA = 0.25;

    private MaxPoolNetwork() {}

    public static Op spike(NeuronModel model) {
        return new Op.Spike(model, model == NeuronModel.INTEGRATE_AND_FIRE ? 0 : ALPHA, true);
    }

    public static Op clipped() {
        return new Op.Activation(Op.ActivationKind.CLIPPED, ALPHA, 0, true);
    }

    /** @param neuron what stands where drives become activations or spikes */
    public static Graph graph(Op neuron, boolean poolsSpikes) {
        MaxPoolGeometry overEdge =
                new MaxPoolGeometry(6, new WindowAxis(4, 3, 2, 1, 0, 2), new WindowAxis(3, 2, 2, 1, 0, 2));
        List<Node> nodes = new ArrayList<>(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 5, 3, 1, 1)), List.of("input")),
                new Node("pool1", new Op.MaxPool(MaxPoolGeometry.square(7, 6, 5, 3, 2, 1)), List.of("conv1")),
                new Node("act1", neuron, List.of("pool1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(4, 3, 5, 6, 3, 1, 1)), List.of("act1")),
                new Node("pool2", new Op.MaxPool(overEdge), List.of("conv2")),
                new Node("act2", neuron, List.of("pool2"))));
        if (poolsSpikes) {
            MaxPoolGeometry rows =
                    new MaxPoolGeometry(6, new WindowAxis(2, 2, 1, 1, 0, 1), new WindowAxis(2, 1, 1, 1, 0, 2));
            nodes.add(new Node("pool3", new Op.MaxPool(rows), List.of("act2")));
        }
        nodes.add(new Node(
                "fc1", new Op.Linear(poolsSpikes ? 12 : 24, CLASSES), List.of(poolsSpikes ? "pool3" : "act2")));
        return new Graph(nodes);
    }

    /** Returns the description of a model whose images are not normalised. */
    public static ModelInfo info() {
        Normalisation none = new Normalisation(List.of(0f, 0f), List.of(1f, 1f));
        return new ModelInfo("pools", "random pixels", none, List.of(), List.of(), Map.of());
    }

    /** Eighths, and thresholds that are powers of two: every sum of an f32 pass is exact for {@link #images}. */
    public static Weights exact(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return weights(graph, () -> random.nextInt(-4, 5) / 8.0, 2, 0.5);
    }

    public static Weights random(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return weights(graph, () -> random.nextDouble(-0.5, 0.5), 1.43, 1.43 / 4);
    }

    /** Initial potentials are one half, thresholds the given ones, all else comes from {@code parameters}. */
    static Weights weights(Graph graph, DoubleSupplier parameters, double positive, double negative) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, name.contains("start") ? 0.5f : 0);
            for (int index = 0; index < tensor.values().length && !name.contains("start"); index++) {
                tensor.values()[index] = (float)
                        (name.endsWith("thetaPositive")
                                ? positive
                                : name.endsWith("thetaNegative") ? negative : parameters.getAsDouble());
            }
            tensors.put(name, tensor);
        });
        return new Weights(tensors);
    }

    /** [count, H, W, C], multiples of 1/16 in [-1, 1.5). */
    public static float[] images(int count, long seed) {
        return images(IMAGE, count, seed);
    }

    static float[] images(Shape image, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[Math.toIntExact(count * image.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = random.nextInt(-16, 24) / 16f;
        }
        return images;
    }
}
