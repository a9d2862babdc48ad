package org.ambispike.onnx;

import java.util.List;
import java.util.Optional;
import org.ambispike.graph.Op;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Activations, which become spiking neurons. */
final class NeuronOperators {
    /** Exporters write the largest float where there is no bound. */
    private static final double UNBOUNDED = 3e38;

    private NeuronOperators() {}

    static Reading leakyRelu(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("alpha");
        node.allowInputs(1);
        return activation(node, scope, graph, node.real("alpha", 0.01));
    }

    static Reading relu(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(1);
        return activation(node, scope, graph, 0);
    }

    static Reading prelu(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(2);
        double[] slopes = scope.constant(node, 1).values();
        for (double slope : slopes) {
            if (slope != slopes[0]) {
                throw new Refusal("it has " + slopes.length
                        + " slopes that differ; a layer has one: train with PReLU(num_parameters=1)");
            }
        }
        return activation(node, scope, graph, OnnxNode.decimal((float) slopes[0]));
    }

    private static Reading activation(OnnxNode node, Scope scope, GraphBuilder graph, double alpha) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new Refusal("its slope is " + alpha + "; spiking neurons need one in [0, 1]");
        }
        Signal input = scope.signal(node, 0);
        Signal output = append(node, graph, input, alpha);
        String note = "activation, slope " + alpha + (alpha == 0 ? " (plain integrate-and-fire when converted)" : "");
        return Reading.converted(output, note);
    }

    private static Signal append(OnnxNode node, GraphBuilder graph, Signal input, double alpha) {
        Op op = new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false);
        return graph.append(node.name(), op, List.of(input), input.shape(), input.flat());
    }

    /** The thresholds of the activation before it, if nothing else reads that; else an activation of its own. */
    static Reading clip(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(3);
        Signal input = scope.signal(node, 0);
        Optional<Double> low = bound(node, scope, 1);
        Optional<Double> high = bound(node, scope, 2);
        if (low.isEmpty() && high.isEmpty()) {
            return Reading.folded(input, "it has no bounds");
        }
        Optional<Op.Activation> before = graph.operation(input) instanceof Op.Activation activation
                        && activation.kind() == Op.ActivationKind.LEAKY
                        && !input.shared()
                ? Optional.of(activation)
                : Optional.empty();
        double slope = low.isPresent() && low.get() == 0
                ? 0
                : before.map(Op.Activation::alpha).orElse(1.0);
        if (low.isPresent() && low.get() > 0 || high.isPresent() && high.get() <= 0) {
            throw new Refusal(
                    "its bounds " + text(low) + " and " + text(high) + " leave out values on either side of 0");
        }
        if (low.isEmpty() && slope > 0 || high.isEmpty() && low.get() < 0) {
            throw new Refusal(
                    "it has the bounds " + text(low) + " and " + text(high) + "; a neuron clips on both sides");
        }
        if (high.isEmpty()) {
            return Reading.converted(append(node, graph, input, 0), "activation, slope 0");
        }
        Signal clipped = before.isPresent() ? input : append(node, graph, input, slope);
        double thetaNegative = slope == 0 ? high.get() : -low.get();
        graph.clip(clipped, slope, high.get(), thetaNegative);
        return before.isPresent()
                ? Reading.folded(clipped, "into " + clipped.node() + ": its thresholds")
                : Reading.converted(clipped, "clipped activation, slope " + slope);
    }

    private static Optional<Double> bound(OnnxNode node, Scope scope, int index) {
        Optional<OnnxTensor> given = scope.optional(node, index);
        given.filter(tensor -> tensor.values().length != 1).ifPresent(tensor -> {
            throw new Refusal("a bound of it has " + tensor.values().length + " values, expected 1");
        });
        return given.map(tensor -> tensor.values()[0]).filter(value -> Math.abs(value) < UNBOUNDED);
    }

    private static String text(Optional<Double> bound) {
        return bound.map(String::valueOf).orElse("none");
    }
}
