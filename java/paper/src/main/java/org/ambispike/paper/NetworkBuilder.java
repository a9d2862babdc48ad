package org.ambispike.paper;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;

/** Puts the nodes of a network one after the other; each method gives the name of the node it added. Not thread-safe. */
final class NetworkBuilder {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    private final double alpha;
    private final List<Node> nodes = new ArrayList<>();

    /** @param alpha slope of Leaky ReLU */
    NetworkBuilder(double alpha) {
        this.alpha = alpha;
    }

    String input(Shape shape) {
        return add("input", new Op.Input(shape));
    }

    /** A convolution with batch normalisation, padded so that stride 1 keeps the size. */
    String convolution(String name, String input, int channels, int kernel, int stride) {
        Shape from = shape(input);
        ConvGeometry geometry =
                new ConvGeometry(from.extent(0), from.extent(1), from.extent(2), channels, kernel, stride, kernel / 2);
        return add(name + ".norm", new Op.BatchNorm(EPSILON, MOMENTUM), add(name, new Op.Conv2d(geometry), input));
    }

    String leaky(String name, String input) {
        return add(name, new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false), input);
    }

    /** The mean over windows of size x size that do not overlap. */
    String averagePool(String name, String input, int size) {
        Shape from = shape(input);
        PoolGeometry geometry = new PoolGeometry(from.extent(0), from.extent(1), from.extent(2), size, size);
        return add(name, new Op.AveragePool(geometry), input);
    }

    String dropout(String name, String input, double probability) {
        return probability > 0 ? add(name, new Op.Dropout(probability), input) : input;
    }

    String linear(String name, String input, int outputs) {
        return add(name, new Op.Linear(Math.toIntExact(shape(input).elements()), outputs), input);
    }

    String sum(String name, String first, String second) {
        return add(name, new Op.Add(), first, second);
    }

    /** The shape of what a node gives. */
    Shape shape(String name) {
        return graph().shape(name);
    }

    Graph graph() {
        return new Graph(nodes);
    }

    private String add(String name, Op op, String... inputs) {
        nodes.add(new Node(name, op, List.of(inputs)));
        return name;
    }
}
