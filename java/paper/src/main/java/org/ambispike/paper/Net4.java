package org.ambispike.paper;

import java.util.List;
import java.util.Map;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * Net4 of Yu et al. (2022), 32c5-p2-64c5-p2-1024-10, with Leaky ReLU and average pooling.
 *
 * @param first channels of the first convolution; 32 in the paper
 * @param second channels of the second; 64 in the paper
 * @param hidden neurons of the hidden linear layer; 1024 in the paper
 */
public record Net4(int first, int second, int hidden) implements Architecture {
    public static final String NAME = "net4";

    /** As published. */
    public Net4() {
        this(32, 64, 1024);
    }

    public Net4 {
        Width.require(Math.min(first, Math.min(second, hidden)));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> settings() {
        return equals(new Net4()) ? Map.of() : Map.of("layers", first + "-" + second + "-" + hidden);
    }

    @Override
    public Graph graph(double alpha, double dropout) {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(28, 28, 1)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(28, 28, 1, first, 5, 1, 2)), List.of("input")),
                leaky("act1", alpha, "conv1"),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(28, 28, first, 2, 2)), List.of("act1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(14, 14, first, second, 5, 1, 2)), List.of("pool1")),
                leaky("act2", alpha, "conv2"),
                new Node("pool2", new Op.AveragePool(new PoolGeometry(14, 14, second, 2, 2)), List.of("act2")),
                new Node("drop2", new Op.Dropout(dropout), List.of("pool2")),
                new Node("fc1", new Op.Linear(7 * 7 * second, hidden), List.of("drop2")),
                leaky("act3", alpha, "fc1"),
                new Node("drop3", new Op.Dropout(dropout), List.of("act3")),
                new Node("fc2", new Op.Linear(hidden, 10), List.of("drop3"))));
    }

    @Override
    public Weights initial(Graph graph, long seed) {
        return Initialisation.uniform(graph, seed);
    }

    /** The published network, as {@link #graph} gives it. */
    public static Graph create(double alpha, double dropout) {
        return new Net4().graph(alpha, dropout);
    }

    private static Node leaky(String name, double alpha, String input) {
        return new Node(name, new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false), List.of(input));
    }
}
