package org.ambispike.support;

import java.util.List;
import java.util.Map;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.paper.Initialisation;

/**
 * A small network with every kind of branch: values that two and three nodes read, a sum of currents, a sum of spikes
 * and currents, a branch that is constant in time added to one that is not, either way round, and a value added to itself.
 */
public final class ResidualNetwork {
    private ResidualNetwork() {}

    /** Clipped; 7 x 6 x 2 inputs, 4 classes. */
    public static Network clipped(double alpha, boolean perChannel) {
        return clipped(new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false), perChannel);
    }

    /** The same with slopes 1/4, 0 and 1 of the three channels. */
    public static Network sloped(boolean perChannel) {
        List<Double> slopes = List.of(0.25, 0.0, 1.0);
        return clipped(new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false, slopes), perChannel);
    }

    private static Network clipped(Op leaky, boolean perChannel) {
        Op add = new Op.Add();
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(7, 6, 2)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(7, 6, 2, 3, 3, 1, 1)), List.of("input")),
                new Node("act1", leaky, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(7, 6, 3, 3, 3, 1, 1)), List.of("act1")),
                new Node("add2", add, List.of("act1", "conv2")),
                new Node("act2", leaky, List.of("add2")),
                new Node("conv3", new Op.Conv2d(new ConvGeometry(7, 6, 3, 3, 1, 1, 0)), List.of("act2")),
                new Node("shortcut", new Op.Conv2d(new ConvGeometry(7, 6, 2, 3, 1, 1, 0)), List.of("input")),
                new Node("add3", add, List.of("shortcut", "conv3")),
                new Node("add4", add, List.of("add3", "conv1")),
                new Node("act3", leaky, List.of("add4")),
                new Node("twice", add, List.of("act3", "act3")),
                new Node("add5", add, List.of("twice", "act1")),
                new Node("pool", new Op.AveragePool(new PoolGeometry(7, 6, 3, 2, 2)), List.of("add5")),
                new Node("fc1", new Op.Linear(27, 4), List.of("pool"))));
        Map<String, Thresholds.Pair> thresholds = Map.of(
                "act1", new Thresholds.Pair(0.43, 0.037),
                "act2", new Thresholds.Pair(0.31, 0.021),
                "act3", new Thresholds.Pair(0.52, 0.033));
        return Thresholds.clip(new Network(graph, Initialisation.uniform(graph, 5)), thresholds, perChannel);
    }
}
