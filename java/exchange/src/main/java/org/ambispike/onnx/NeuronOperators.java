package org.ambispike.onnx;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Activations, which become spiking neurons. */
final class NeuronOperators {
    /** Exporters write the largest float, or that of half precision, where there is no bound. */
    private static final double UNBOUNDED = 1e30;

    private static final double LARGEST_HALF = 65504;

    private NeuronOperators() {}

    static Reading activation(OnnxNode node, GraphBuilder graph, double alpha) {
        if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new Refusal("its slope is " + alpha + "; spiking neurons need one that is not negative");
        }
        Signal input = node.signal(0);
        return activated(node, graph, input, Constants.all(input, alpha).values());
    }

    private static Reading activated(OnnxNode node, GraphBuilder graph, Signal input, double[] alpha) {
        Signal output = input.at(Neurons.activation(graph, node.name(), input.node(), alpha));
        boolean uniform = Arrays.stream(alpha).allMatch(slope -> slope == alpha[0]);
        return Reading.converted(
                output, "activation, " + (uniform ? "slope " + alpha[0] : alpha.length + " slopes by channel"));
    }

    static Reading prelu(OnnxNode node, GraphBuilder graph) {
        OnnxTensor slopes = node.constant(1);
        Signal input = Constants.flattened(graph, node.name(), node.signal(0), slopes);
        Constants given = Constants.of(input, slopes);
        if (!given.byChannel()) {
            throw new Refusal("it has a slope for each place of the map; train with one for each channel");
        }
        double[] alpha = given.values().clone();
        for (int channel = 0; channel < alpha.length; channel++) {
            alpha[channel] = OnnxNode.decimal((float) alpha[channel]);
            if (!(alpha[channel] >= 0 && alpha[channel] < Double.POSITIVE_INFINITY)) {
                int at = channel;
                long more = IntStream.range(0, alpha.length)
                        .filter(other -> alpha[other] < 0 && other > at)
                        .count();
                throw new Refusal("its slope of channel " + channel + " is " + alpha[channel]
                        + "; a spiking neuron needs one that is not negative: train with slopes clamped at 0"
                        + (more > 0 ? " (" + more + " other channels too)" : ""));
            }
        }
        return activated(node, graph, input, alpha);
    }

    /** Clip, with its bounds as attributes or, from opset 11 on, as inputs. */
    static Reading clip(OnnxNode node, GraphBuilder graph) {
        double low = bound(node, 1).orElse(node.real("min", Double.NEGATIVE_INFINITY));
        double high = bound(node, 2).orElse(node.real("max", Double.POSITIVE_INFINITY));
        return clipped(node, graph, node.signal(0), low, high);
    }

    private static Optional<Double> bound(OnnxNode node, int index) {
        return node.optional(index).map(tensor -> OnnxNode.decimal((float) tensor.one()));
    }

    /** A bound that no float of the network reaches is none. */
    static Reading clipped(OnnxNode node, GraphBuilder graph, Signal input, double least, double most) {
        double low = least < -UNBOUNDED || least == -LARGEST_HALF ? Double.NEGATIVE_INFINITY : least;
        double high = most > UNBOUNDED || most == LARGEST_HALF ? Double.POSITIVE_INFINITY : most;
        if (Double.isInfinite(low) && Double.isInfinite(high)) {
            return Reading.folded(input, "it has no bounds");
        }
        String output = Neurons.clip(graph, node.name(), input.node(), input.shared(), low, high);
        return output.equals(input.node())
                ? Reading.folded(input, "into " + output + (high == Double.POSITIVE_INFINITY ? "" : ": its thresholds"))
                : Reading.converted(input.at(output), "activation between " + text(low) + " and " + text(high));
    }

    private static String text(double bound) {
        return Double.isInfinite(bound) ? "no bound" : Double.toString(bound);
    }

    /** clip(alpha x + beta, 0, 1). */
    static Reading hardSigmoid(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        double alpha = node.real("alpha", 0.2);
        Signal line = Constants.affine(graph, node.name() + ".line", input, alpha, node.real("beta", 0.5));
        return Reading.converted(
                line.at(Neurons.clip(graph, node.name(), line.node(), true, 0, 1)), "activation between 0 and 1");
    }
}
