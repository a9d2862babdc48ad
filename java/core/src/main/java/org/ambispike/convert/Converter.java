package org.ambispike.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** Turns a clipped Leaky-ReLU network into a spiking one (METHOD: eq. 11-20). A pure function; thread-safe. */
public final class Converter {
    /** Initial potentials as fractions of the thresholds: half of one makes rates round rather than truncate. */
    public static final double HALF = 0.5;

    /**
     * A converted network.
     *
     * @param notes one line for each node that changed
     */
    public record Conversion(Network network, List<String> notes) {
        public Graph graph() {
            return network.graph();
        }

        public Weights weights() {
            return network.weights();
        }
    }

    private Converter() {}

    /**
     * Converts every activation; one without a slope, a ReLU, becomes a plain integrate-and-fire neuron. Batch
     * normalisation is folded, and max pools move before activations, first.
     *
     * @throws InputException naming the node, if one cannot be converted exactly
     */
    public static Conversion convert(Network ann, NeuronVariant variant) {
        return convert(ann, variant, HALF);
    }

    /**
     * The same with other initial potentials.
     *
     * @param start as a fraction of each threshold, in [0, 1]
     * @throws InputException naming the node, if one cannot be converted exactly
     */
    public static Conversion convert(Network ann, NeuronVariant variant, double start) {
        BatchNormFolding folded = BatchNormFolding.of(MaxPools.beforeActivations(ann));
        List<String> notes = new ArrayList<>(folded.notes());
        Graph spiking = folded.graph().map(node -> {
            if (node.op() instanceof Op.Dropout) {
                notes.add(node.name() + ": dropout left out");
                return Optional.empty();
            }
            if (node.op() instanceof Op.Spike) {
                throw new InputException("node '" + node.name() + "' spikes already; convert takes an ANN");
            }
            if (node.op() instanceof Op.Activation activation) {
                if (activation.kind() == Op.ActivationKind.LEAKY) {
                    throw new InputException("activation '" + node.name()
                            + "' has no thresholds; run optimize first, or convert with --quantile 0.999");
                }
                // without a slope N is infinite, and every model is that of a plain integrate-and-fire neuron
                NeuronVariant chosen = activation.alpha() > 0 ? variant : NeuronVariant.IF;
                notes.add(node.name() + ": " + chosen.label() + " neuron");
                Op.Spike spike =
                        new Op.Spike(chosen.model(), activation.alpha(), activation.perChannel(), chosen.quanta());
                return Optional.of(new Node(node.name(), spike, node.inputs()));
            }
            return Optional.of(node);
        });
        Weights converted = folded.weights();
        for (Node node : spiking.neurons()) {
            double alpha = ((Op.Spike) node.op()).alpha();
            HostTensor positive = ann.weights().get(node.parameter("thetaPositive"));
            HostTensor negative = ann.weights().get(node.parameter("thetaNegative"));
            requirePositive(node, positive);
            requirePositive(node, negative);
            Shape channels = Shape.of(spiking.shape(node.name()).extent(-1));
            converted = converted
                    .with(node.parameter("thetaNegative"), ruled(variant, positive, negative, alpha))
                    .with(node.parameter("startPositive"), HostTensor.filled(channels, (float) start))
                    .with(node.parameter("startNegative"), HostTensor.filled(channels, (float) start));
        }
        return new Conversion(Thresholds.ordered(spiking, converted), List.copyOf(notes));
    }

    private static HostTensor ruled(NeuronVariant variant, HostTensor positive, HostTensor negative, double alpha) {
        HostTensor result = negative.copy();
        if (alpha == 0) {
            return result;
        }
        for (int index = 0; index < result.values().length; index++) {
            result.values()[index] =
                    variant.thresholds().thetaNegative(positive.values()[index], negative.values()[index], alpha);
        }
        return result;
    }

    private static void requirePositive(Node node, HostTensor thresholds) {
        for (float threshold : thresholds.values()) {
            if (!(threshold > 0)) {
                throw new InputException("a threshold of '" + node.name() + "' is " + threshold
                        + "; thresholds are magnitudes above 0: " + Arrays.toString(thresholds.values()));
            }
        }
    }
}
