package org.ambispike.convert;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** Gives the activations of an ANN clipping thresholds (eq. 24), or rounds them. Pure functions. */
public final class Thresholds {
    /**
     * The thresholds of one layer.
     *
     * @param positive thetaP, above 0
     * @param negative thetaN, a magnitude above 0
     */
    public record Pair(double positive, double negative) {}

    private static final float SMALLEST = 1e-4f;

    private Thresholds() {}

    /**
     * Turns every activation into a clipped one, behind the max pool that follows it; without a slope thetaN has no effect, and is
     * thetaP.
     *
     * @param thresholds by node, as measured on training images; copies of an activation have its own
     * @param perChannel whether each channel is to have thresholds of its own, which start equal
     */
    public static Network clip(Network ann, Map<String, Pair> thresholds, boolean perChannel) {
        MaxPools.Moved moved = MaxPools.moved(ann);
        Graph graph = moved.network().graph();
        Weights clipped = ann.weights();
        for (Node node : graph.neurons()) {
            Pair measured = thresholds.get(moved.copies().getOrDefault(node.name(), node.name()));
            boolean rectified = ((Op.Activation) node.op()).isRectified();
            Pair pair = rectified ? new Pair(measured.positive(), measured.positive()) : measured;
            Shape shape = Shape.of(perChannel ? graph.shape(node.name()).extent(-1) : 1);
            clipped = clipped.with(node.parameter("thetaPositive"), filled(shape, pair.positive()))
                    .with(node.parameter("thetaNegative"), filled(shape, pair.negative()));
        }
        return ordered(withKind(graph, Op.ActivationKind.CLIPPED, 0, Optional.of(perChannel)), clipped);
    }

    /** Rounds every clipped activation to so many steps of its thresholds (signed, QCFS-like). */
    public static Network quantise(Network ann, int levels) {
        return ordered(withKind(ann.graph(), Op.ActivationKind.QUANTISED, levels, Optional.empty()), ann.weights());
    }

    /** Gives each channel of a spiking network thresholds of its own, which start as those of its layer. */
    public static Network byChannel(Network spiking) {
        Graph graph = spiking.graph()
                .mapOps(node -> node.op() instanceof Op.Spike spike
                        ? new Op.Spike(
                                spike.model(), spike.alpha(), true, spike.quanta(), spike.slopes(), spike.gains())
                        : node.op());
        Weights weights = spiking.weights();
        for (Node neuron : graph.neurons()) {
            int channels = graph.shape(neuron.name()).extent(-1);
            for (String threshold : List.of("thetaPositive", "thetaNegative")) {
                weights = weights.map(neuron.parameter(threshold), value -> spread(value, channels));
            }
        }
        return new Network(graph, weights);
    }

    /** The thresholds of so many channels, from those of each or that of all. */
    static HostTensor spread(HostTensor thresholds, int channels) {
        return thresholds.values().length == channels
                ? thresholds
                : HostTensor.filled(Shape.of(channels), thresholds.values()[0]);
    }

    private static HostTensor filled(Shape shape, double value) {
        return HostTensor.filled(shape, Math.max(SMALLEST, (float) value));
    }

    private static Graph withKind(Graph graph, Op.ActivationKind kind, int levels, Optional<Boolean> perChannel) {
        return graph.mapOps(node -> node.op() instanceof Op.Activation activation
                ? new Op.Activation(
                        kind,
                        activation.alpha(),
                        levels,
                        perChannel.orElse(activation.perChannel()),
                        activation.slopes())
                : node.op());
    }

    /** The weights that the graph names, in its order. */
    static Network ordered(Graph graph, Weights weights) {
        return new Network(graph, weights.of(graph));
    }
}
