package org.ambispike.convert;

import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * The ANN that a spiking network tends to as T grows: the inverse of {@link Converter}, of calibrated networks too. A
 * pure function; thread-safe.
 */
public final class ClippedAnn {
    private ClippedAnn() {}

    /**
     * Turns every spiking neuron back into a clipped activation (eq. 24) with the same thresholds; initial potentials,
     * which do not matter in the limit, are dropped. A plain integrate-and-fire neuron never emits below 0: its activation
     * is a clipped ReLU. With two membranes the limit is exact; with one membrane that fires both ways it is what the
     * neuron is meant to approximate.
     *
     * @throws InputException naming the node, if an activation is left in the network
     */
    public static Network of(Network spiking) {
        Graph ann = spiking.graph().mapOps(ClippedAnn::activated);
        return Thresholds.ordered(ann, spiking.weights());
    }

    private static Op activated(Node node) {
        if (node.op() instanceof Op.Activation) {
            throw new InputException("node '" + node.name() + "' does not spike; this takes a spiking network");
        }
        if (!(node.op() instanceof Op.Spike spike)) {
            return node.op();
        }
        boolean rectified = spike.model() == NeuronModel.INTEGRATE_AND_FIRE;
        return new Op.Activation(
                Op.ActivationKind.CLIPPED,
                rectified ? 0 : spike.alpha(),
                0,
                spike.perChannel(),
                rectified ? List.of() : spike.slopes());
    }
}
