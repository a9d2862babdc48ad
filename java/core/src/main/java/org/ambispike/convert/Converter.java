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
import org.ambispike.graph.ThresholdRule;
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
     * Converts every activation; one without a slope, a ReLU, becomes a plain integrate-and-fire neuron unless memory neurons
     * are asked for. Batch
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
        Network pooled = MaxPools.beforeActivations(ann);
        BatchNormFolding folded = BatchNormFolding.of(pooled);
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
                Op.Spike spike = spike(activation, variant);
                notes.add(node.name() + ": " + label(spike, variant) + " neuron: " + reason(spike));
                return Optional.of(new Node(node.name(), spike, node.inputs()));
            }
            return Optional.of(node);
        });
        MaxPools.graded(spiking)
                .forEach(pool -> notes.add(pool + ": pools sums so far, since no neuron can follow; graded, in f32"));
        Weights converted = folded.weights();
        for (Node node : spiking.neurons()) {
            HostTensor positive = pooled.weights().get(node.parameter("thetaPositive"));
            HostTensor negative = pooled.weights().get(node.parameter("thetaNegative"));
            requirePositive(node, positive);
            requirePositive(node, negative);
            int channels = spiking.shape(node.name()).extent(-1);
            Op.Spike spike = (Op.Spike) node.op();
            int thresholds = spike.perChannel() ? channels : 1;
            converted = converted
                    .with(node.parameter("thetaPositive"), Thresholds.spread(positive, thresholds))
                    .with(
                            node.parameter("thetaNegative"),
                            ruled(variant, spike, positive, Thresholds.spread(negative, thresholds)))
                    .with(node.parameter("startPositive"), HostTensor.filled(Shape.of(channels), (float) start))
                    .with(node.parameter("startNegative"), HostTensor.filled(Shape.of(channels), (float) start));
        }
        return new Conversion(Thresholds.ordered(spiking, converted), List.copyOf(notes));
    }

    /** Without a slope N is infinite, and every model but that with a memory is a plain integrate-and-fire neuron. */
    private static Op.Spike spike(Op.Activation activation, NeuronVariant variant) {
        boolean own = !activation.isRectified() || variant.model().worksRectified();
        NeuronVariant chosen = own ? variant : NeuronVariant.IF;
        boolean perChannel = activation.perChannel()
                || bySlope(chosen) && !activation.slopes().isEmpty();
        return new Op.Spike(chosen.model(), activation.alpha(), perChannel, chosen.quanta(), activation.slopes());
    }

    /** Whether the negative threshold depends on the slope, and so on the channel where slopes do. */
    private static boolean bySlope(NeuronVariant variant) {
        return variant.thresholds() == ThresholdRule.SYMMETRIC;
    }

    private static String label(Op.Spike spike, NeuronVariant variant) {
        return spike.model() == variant.model() ? variant.label() : NeuronVariant.IF.label();
    }

    /** Says why a layer has the neuron that it has, and what follows from it. */
    public static String reason(Op.Spike spike) {
        String slope = "slope " + spike.slopeText();
        return switch (spike.model()) {
            case INTEGRATE_AND_FIRE -> spike.isRectified()
                    ? "no slope below 0, so positive spikes only"
                    : slope + ", but positive spikes only";
            case MEMORY -> spike.isRectified()
                    ? "no slope below 0; a spike that came too early is taken back"
                    : slope + "; a spike that came too early is taken back";
            case GRADED -> slope + "; gains by step, and the value that was emitted is followed";
            case PAIR -> slope + ", a membrane for each sign";
            case SINGLE -> slope + ", one membrane for both signs";
        };
    }

    private static HostTensor ruled(NeuronVariant variant, Op.Spike spike, HostTensor positive, HostTensor negative) {
        HostTensor result = negative.copy();
        if (spike.isRectified()) {
            return result;
        }
        float[] largest = positive.values();
        for (int index = 0; index < result.values().length; index++) {
            if (!bySlope(variant) || spike.slope(index) > 0) {
                float thetaPositive = largest[largest.length == 1 ? 0 : index];
                result.values()[index] =
                        variant.thresholds().thetaNegative(thetaPositive, result.values()[index], spike.slope(index));
            }
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
