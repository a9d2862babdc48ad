package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.onnx.Layouts.Roles;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Condition;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** Sums, differences, extremes, and products with constants. */
final class Arithmetic {
    /** What a gate is made of. */
    private static final Set<String> GATES = Set.of("Sigmoid", "HardSigmoid", "Softmax", "Tanh");

    private Arithmetic() {}

    static Reading add(OnnxNode node, GraphBuilder graph) {
        Reading sum = null;
        if (node.inputs().size() == 1) {
            return Reading.folded(node.signal(0), "passes its input on");
        }
        for (int input = 1; input < node.inputs().size(); input++) {
            Value first = sum == null ? read(node, 0) : sum.values().get(0);
            sum = plus(node, graph, first, read(node, input), 1);
        }
        return sum;
    }

    static Reading subtract(OnnxNode node, GraphBuilder graph) {
        return plus(node, graph, read(node, 0), read(node, 1), -1);
    }

    static Reading mean(OnnxNode node, GraphBuilder graph) {
        Reading sum = add(node, graph);
        Signal signal = (Signal) sum.values().get(0);
        return scaled(node, graph, signal, 1.0 / node.inputs().size());
    }

    /** A signal, or a constant that is decoded. */
    private static Value read(OnnxNode node, int input) {
        if (node.isConstant(input)) {
            return Constant.of(node.constant(input));
        }
        return node.signal(input);
    }

    /** first + sign second. */
    private static Reading plus(OnnxNode node, GraphBuilder graph, Value first, Value second, int sign) {
        if (second instanceof Constant constant) {
            OnnxTensor tensor = constant.source().get();
            Signal signal = expanded(graph, node.name(), (Signal) first, tensor.extents());
            Constants shift = Constants.of(signal, tensor);
            return affine(node, graph, signal, Constants.all(signal, 1), times(shift, sign));
        }
        if (first instanceof Constant constant) {
            OnnxTensor tensor = constant.source().get();
            Signal signal = expanded(graph, node.name(), (Signal) second, tensor.extents());
            return affine(node, graph, signal, Constants.all(signal, sign), Constants.of(signal, tensor));
        }
        Signal[] pair = aligned(graph, node.name(), (Signal) first, (Signal) second);
        Optional<Slopes> slopes = graph.slopes(pair[0].node()).plus(graph.slopes(pair[1].node()), sign);
        if (slopes.isPresent() && slopes.get().isSimple()) {
            return sloped(node, graph, pair[0], slopes.get());
        }
        Signal sum = sum(graph, node.name(), pair[0], pair[1], sign);
        slopes.ifPresent(known -> graph.define(sum.node(), known));
        return Reading.converted(
                sum, (sign > 0 ? "sum of " : "difference of ") + pair[0].node() + " and " + pair[1].node());
    }

    private static Constants times(Constants constants, double factor) {
        double[] values = constants.values().clone();
        for (int index = 0; index < values.length; index++) {
            values[index] *= factor;
        }
        return new Constants(values, constants.byChannel());
    }

    private static Signal sum(GraphBuilder graph, String name, Signal first, Signal second, int sign) {
        String addend = second.node();
        if (sign < 0) {
            addend = graph.affine(
                    name + ".negative",
                    addend,
                    second.shared(),
                    Constants.all(second, -1).values(),
                    new double[second.channels()]);
        }
        return first.at(graph.append(name, new Op.Add(), List.of(first.node(), addend)));
    }

    private static Reading sloped(OnnxNode node, GraphBuilder graph, Signal signal, Slopes slopes) {
        String output = Neurons.sloped(graph, node.name(), slopes);
        graph.define(output, slopes);
        return Reading.converted(
                signal.at(output),
                slopes.isLinear()
                        ? "multiple of " + slopes.base()
                        : "activation of " + slopes.base() + ", slope "
                                + (float) (slopes.negative()[0] / slopes.positive()[0]));
    }

    /** Two values of the same extents, whose places lie in memory alike. */
    static Signal[] aligned(GraphBuilder graph, String name, Signal first, Signal second) {
        List<Integer> extents = FoldedArithmetic.broadcast(List.of(extents(first), extents(second)));
        Signal a = expanded(graph, name + ".first", first, extents);
        Signal b = expanded(graph, name + ".second", second, extents);
        if (a.shape().equals(b.shape()) && a.view().equals(b.view())) {
            return new Signal[] {a, b};
        }
        if (a.shape().rank() != b.shape().rank()) {
            throw new GraphBuilder.NeedsMaps();
        }
        Roles roles = Roles.natural(a);
        return new Signal[] {
            Layouts.arranged(graph, name + ".first", a, roles), Layouts.arranged(graph, name + ".second", b, roles)
        };
    }

    private static List<Integer> extents(Signal signal) {
        return signal.view().extents().stream().map(Math::toIntExact).toList();
    }

    /** A value repeated along axes of one place, as far as the extents ask for it. */
    static Signal expanded(GraphBuilder graph, String name, Signal signal, List<Integer> extents) {
        Signal result = signal;
        while (result.view().rank() < extents.size()) {
            result = result.seen(result.view().inserted(0));
        }
        int shift = result.view().rank() - extents.size();
        for (int axis = shift; axis < result.view().rank(); axis++) {
            int wanted = extents.get(axis - shift);
            if (wanted > 1 && result.view().extent(axis) == 1) {
                Layouts.requirePlaces(result, axis, wanted);
                List<Window> copies = IntStream.range(0, wanted)
                        .mapToObj(place -> Window.of(0))
                        .toList();
                result = Layouts.sampled(graph, name + ".repeat", result, axis, copies);
            }
        }
        return result;
    }

    static Reading multiply(OnnxNode node, GraphBuilder graph) {
        if (node.value(0) instanceof Signal && node.value(1) instanceof Signal) {
            return product(node);
        }
        int constant = node.isConstant(0) ? 0 : 1;
        OnnxTensor tensor = node.constant(constant);
        return scaled(node, graph, node.signal(1 - constant), tensor, false);
    }

    static Reading divide(OnnxNode node, GraphBuilder graph) {
        if (node.isConstant(1)) {
            return scaled(node, graph, node.signal(0), node.constant(1), true);
        }
        if (node.signal(1).assumed()) {
            return Reading.blocked(node.signal(1), "");
        }
        throw new Refusal(
                "it divides by a value that depends on the image, as a normalisation over positions does; train"
                        + " with batch normalisation, which has constants");
    }

    private static Reading scaled(OnnxNode node, GraphBuilder graph, Signal input, OnnxTensor tensor, boolean inverse) {
        Signal signal = expanded(graph, node.name(), input, tensor.extents());
        signal = Constants.flattened(graph, node.name(), signal, tensor);
        Constants given = Constants.of(signal, tensor);
        double[] scale = given.values().clone();
        for (int index = 0; index < scale.length; index++) {
            scale[index] = inverse ? 1 / scale[index] : scale[index];
        }
        return affine(node, graph, signal, new Constants(scale, given.byChannel()), Constants.all(signal, 0));
    }

    /** Two values that both depend on the image. */
    private static Reading product(OnnxNode node) {
        for (int input = 0; input < 2; input++) {
            Optional<OnnxNode> gate = node.giver(input).filter(giver -> GATES.contains(giver.operation()));
            if (gate.isPresent() && !gate.get().inputs().contains(node.input(1 - input))) {
                throw new Refusal("it multiplies two values that both depend on the image, one of them a gate ('"
                        + gate.get().name() + "', as in squeeze-and-excitation): spiking layers have constant weights;"
                        + " train the network without the gate");
            }
        }
        Signal first = node.signal(0);
        Signal second = node.signal(1);
        if (first.assumed() || second.assumed()) {
            return Reading.blocked(first.shape().elements() < second.shape().elements() ? second : first, "");
        }
        throw new Refusal(
                "it multiplies two values that both depend on the image; spiking layers have constant weights:"
                        + " train the network without it");
    }

    static Reading negate(OnnxNode node, GraphBuilder graph) {
        return scaled(node, graph, node.signal(0), -1);
    }

    private static Reading scaled(OnnxNode node, GraphBuilder graph, Signal signal, double factor) {
        return affine(node, graph, signal, Constants.all(signal, factor), Constants.all(signal, 0));
    }

    /** The larger of x and -x. */
    static Reading absolute(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0).asShared(true);
        double[] opposite = Constants.all(signal, -1).values();
        String negative =
                graph.affine(node.name() + ".negative", signal.node(), true, opposite, new double[signal.channels()]);
        return extreme(node, graph, signal, signal.at(negative), true);
    }

    /** scale x + shift. */
    static Reading affine(OnnxNode node, GraphBuilder graph, Signal input, Constants scale, Constants shift) {
        boolean folded = graph.folds(input.node(), input.shared());
        Signal output = Constants.affine(graph, node.name(), input, scale, shift);
        return folded && output.node().equals(input.node())
                ? Reading.folded(output, "into " + output.node())
                : Reading.converted(
                        output, "depthwise convolution 1x1, for it follows no layer that it can be folded into");
    }

    /** The largest of all inputs, or the smallest. */
    static Reading extreme(OnnxNode node, GraphBuilder graph, boolean largest) {
        Value result = read(node, 0);
        Reading reading = Reading.folded(result, "passes its input on");
        for (int input = 1; input < node.inputs().size(); input++) {
            Value next = read(node, input);
            if (result instanceof Signal first && next instanceof Signal second) {
                reading = extreme(node, graph, first, second, largest);
            } else if (result instanceof Constant constant) {
                reading = bounded(node, graph, (Signal) next, constant.source().get(), largest);
            } else {
                reading = bounded(
                        node, graph, (Signal) result, ((Constant) next).source().get(), largest);
            }
            result = reading.values().get(0);
        }
        return reading;
    }

    /** max(a, b) = a + relu(b - a), and min(a, b) = a - relu(a - b), unless both are functions of one value. */
    private static Reading extreme(OnnxNode node, GraphBuilder graph, Signal first, Signal second, boolean largest) {
        Signal[] pair = aligned(graph, node.name(), first, second);
        Slopes one = graph.slopes(pair[0].node());
        Slopes other = graph.slopes(pair[1].node());
        Optional<Slopes> slopes = largest ? one.largest(other) : one.smallest(other);
        if (slopes.isPresent() && slopes.get().isSimple()) {
            return sloped(node, graph, pair[0], slopes.get());
        }
        Signal shared = pair[0].asShared(true);
        Signal difference = largest
                ? sum(graph, node.name() + ".difference", pair[1], shared, -1)
                : sum(graph, node.name() + ".difference", shared, pair[1], -1);
        String output = Neurons.activation(graph, node.name(), difference.node(), new double[difference.channels()]);
        Signal sum =
                sum(graph, node.name() + ".sum", shared, difference.at(output).asShared(true), largest ? 1 : -1);
        return Reading.converted(
                sum, "sum of " + first.node() + " and an activation of its difference from " + second.node());
    }

    private static Reading bounded(OnnxNode node, GraphBuilder graph, Signal input, OnnxTensor bound, boolean largest) {
        Constants constants = Constants.of(expanded(graph, node.name(), input, bound.extents()), bound);
        double value = constants.values()[0];
        for (double other : constants.values()) {
            if (other != value) {
                throw new Refusal("it bounds each channel by a number of its own; train with one bound for all");
            }
        }
        return NeuronOperators.clipped(
                node,
                graph,
                input,
                largest ? value : Double.NEGATIVE_INFINITY,
                largest ? Double.POSITIVE_INFINITY : value);
    }

    /** A comparison of a value with 0, which Where reads. */
    static Reading compare(OnnxNode node, GraphBuilder graph) {
        int constant = node.isConstant(0) ? 0 : 1;
        if (!node.isConstant(constant) || node.constant(constant).one() != 0) {
            throw new Refusal("it compares values with others than 0; only Where(x > 0, x, a x) is supported");
        }
        boolean greater = node.operation().startsWith("Greater");
        return Reading.folded(new Condition(node.signal(1 - constant), greater == (constant == 1)), "read by Where");
    }

    static Reading where(OnnxNode node, GraphBuilder graph) {
        if (!(node.value(0) instanceof Condition condition)) {
            throw new Refusal("it chooses by a condition other than x > 0; only Where(x > 0, x, a x) is supported");
        }
        List<Slopes> choices = new ArrayList<>();
        Slopes base = graph.slopes(condition.signal().node());
        for (int input = 1; input <= 2; input++) {
            choices.add(slopes(node, graph, input, base));
        }
        Slopes above = choices.get(condition.above() ? 0 : 1);
        Slopes below = choices.get(condition.above() ? 1 : 0);
        Optional<Slopes> slopes = above.orBelow(below);
        boolean same = base.isIdentity()
                || IntStream.range(0, base.positive().length)
                        .allMatch(channel -> base.positive()[channel] > 0 && base.negative()[channel] > 0);
        if (slopes.isEmpty() || !slopes.get().base().equals(base.base()) || !same) {
            throw new Refusal(
                    "it chooses between values other than multiples of the x that its condition compares with 0");
        }
        return sloped(node, graph, condition.signal(), slopes.get());
    }

    private static Slopes slopes(OnnxNode node, GraphBuilder graph, int input, Slopes base) {
        if (!node.isConstant(input)) {
            return graph.slopes(node.signal(input).node());
        }
        if (node.constant(input).one() != 0) {
            throw new Refusal("it chooses a constant other than 0");
        }
        return base.map(slope -> 0);
    }
}
