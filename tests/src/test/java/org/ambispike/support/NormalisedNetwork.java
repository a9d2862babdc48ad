package org.ambispike.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** A small network with batch normalisation after convolutions, in a residual block, and after a linear layer. */
public final class NormalisedNetwork {
    private NormalisedNetwork() {}

    /** 7 x 6 x 2 inputs, 4 classes. */
    public static Graph graph(double alpha) {
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false);
        Op norm = new Op.BatchNorm(1e-3, 0.1);
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 3, 3, 1, 1)), List.of("input")),
                new Node("norm1", norm, List.of("conv1")),
                new Node("act1", leaky, List.of("norm1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(7, 6, 3, 4, 3, 2, 1)), List.of("act1")),
                new Node("norm2", norm, List.of("conv2")),
                new Node("shortcut", new Op.Conv2d(new ConvGeometry(7, 6, 3, 4, 1, 2, 0)), List.of("act1")),
                new Node("shortcutNorm", norm, List.of("shortcut")),
                new Node("sum", new Op.Add(), List.of("norm2", "shortcutNorm")),
                new Node("act2", leaky, List.of("sum")),
                new Node("fc1", new Op.Linear(48, 5), List.of("act2")),
                new Node("norm3", norm, List.of("fc1")),
                new Node("act3", leaky, List.of("norm3")),
                new Node("fc2", new Op.Linear(5, 4), List.of("act3"))));
    }

    /** Statistics and factors that are far from those of a fresh network. */
    public static Weights weights(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            boolean positive = name.endsWith("variance") || name.endsWith("gamma");
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = (float) random.nextDouble(positive ? 0.3 : -0.6, positive ? 1.4 : 0.6);
            }
            tensors.put(name, tensor);
        });
        return new Weights(tensors);
    }
}
