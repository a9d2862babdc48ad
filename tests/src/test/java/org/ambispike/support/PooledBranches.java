package org.ambispike.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * An ANN with max pools of all that they follow in real networks: activations that a skip reads too, concatenations, shuffled
 * channels, zeros around a map, pools in a row of which each is read, and a mean, before which none can move.
 */
public final class PooledBranches {
    private static final Shape IMAGE = Shape.of(8, 8, 2);

    private PooledBranches() {}

    /** Clipped, with a slope of 0.25. */
    public static Network ann(long seed) {
        Op activation = new Op.Activation(Op.ActivationKind.CLIPPED, 0.25, 0, true);
        SampledAxis padded = SampledAxis.copies(4, IntStream.range(-1, 5).map(place -> place < 4 ? place : -1));
        SampledAxis shuffled = SampledAxis.copies(7, IntStream.of(6, 0, 5, -1, 1, 3));
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", conv(8, 2, 4, 3), List.of("input")),
                new Node("act1", activation, List.of("conv1")),
                new Node("drop", new Op.Dropout(0.5), List.of("act1")),
                new Node("pool1", pool(8, 4, 2, 2, 0), List.of("drop")),
                new Node("conv2", conv(4, 4, 5, 3), List.of("pool1")),
                new Node("act2", activation, List.of("conv2")),
                new Node("pad", new Op.Resample(padded, padded, SampledAxis.unchanged(5)), List.of("act2")),
                new Node("pool2", pool(6, 5, 3, 2, 0), List.of("pad")),
                new Node("conv3", conv(8, 4, 3, 1), List.of("act1")),
                new Node("act3", activation, List.of("conv3")),
                new Node("cat", new Op.Concat(2), List.of("act1", "act3")),
                new Node(
                        "shuffle",
                        new Op.Resample(SampledAxis.unchanged(8), SampledAxis.unchanged(8), shuffled),
                        List.of("cat")),
                new Node("pool3", pool(8, 6, 2, 2, 0), List.of("shuffle")),
                new Node("spp1", pool(4, 5, 3, 1, 1), List.of("act2")),
                new Node("spp2", pool(4, 5, 3, 1, 1), List.of("spp1")),
                new Node("spp3", pool(4, 5, 3, 1, 1), List.of("spp2")),
                new Node("spp", new Op.Concat(5), List.of("act2", "spp1", "spp2", "spp3", "pool3")),
                new Node("conv4", conv(4, 26, 4, 1), List.of("spp")),
                new Node("act4", activation, List.of("conv4")),
                new Node("mean", new Op.AveragePool(new PoolGeometry(8, 8, 7, 2, 2)), List.of("cat")),
                new Node("pool4", pool(4, 7, 2, 2, 0), List.of("mean")),
                new Node("fc1", new Op.Linear(20, 3), List.of("pool2")),
                new Node("fc2", new Op.Linear(64, 3), List.of("act4")),
                new Node("fc3", new Op.Linear(28, 3), List.of("pool4")),
                new Node("results", new Op.Outputs(List.of("a", "b", "c")), List.of("fc1", "fc2", "fc3"))));
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            boolean threshold = name.contains("theta");
            for (int index = 0; index < tensor.values().length; index++) {
                double value = threshold ? random.nextDouble(0.5, 1) : random.nextDouble(-0.5, 0.5);
                tensor.values()[index] = (float) (name.endsWith("thetaNegative") ? value / 4 : value);
            }
            tensors.put(name, tensor);
        });
        return new Network(graph, new Weights(tensors));
    }

    private static Op conv(int size, int in, int out, int kernel) {
        return new Op.Conv2d(new ConvGeometry(size, size, in, out, kernel, 1, kernel / 2));
    }

    private static Op pool(int size, int channels, int kernel, int stride, int padding) {
        return new Op.MaxPool(MaxPoolGeometry.square(size, size, channels, kernel, stride, padding));
    }

    /** [count, 8, 8, 2]. */
    public static float[] images(int count) {
        SplittableRandom random = new SplittableRandom(3);
        float[] images = new float[Math.toIntExact(count * IMAGE.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        return images;
    }
}
