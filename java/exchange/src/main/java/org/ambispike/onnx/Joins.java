package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Layouts.Roles;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;
import org.ambispike.onnx.View.Part;

/** Values one after another: along channels as they are, along rows or columns as sums of padded maps. */
final class Joins {
    private Joins() {}

    static Reading concat(OnnxNode node, GraphBuilder graph) {
        List<Value> inputs = new ArrayList<>();
        Signal first = null;
        for (int input = 0; input < node.inputs().size(); input++) {
            boolean constant = node.isConstant(input);
            inputs.add(constant ? Constant.of(node.constant(input)) : node.signal(input));
            first = first == null && inputs.get(input) instanceof Signal signal ? signal : first;
        }
        int axis = first.view().axis(node.integer("axis", 0));
        List<Signal> signals = new ArrayList<>();
        for (Value input : inputs) {
            signals.add(
                    input instanceof Signal signal
                            ? signal
                            : constant(
                                    graph,
                                    node.name(),
                                    first,
                                    axis,
                                    ((Constant) input).source().get()));
        }
        requireAlike(signals, axis);
        if (signals.size() == 1) {
            return Reading.folded(signals.get(0), "passes its input on");
        }
        if (!joinsChannels(signals, axis)) {
            signals.replaceAll(signal -> arranged(graph, node.name(), signal));
        }
        if (joinsChannels(signals, axis)) {
            String output = graph.append(
                    node.name(),
                    new Op.Concat(signals.size()),
                    signals.stream().map(Signal::node).toList());
            Shape shape = graph.shape(output);
            return Reading.converted(
                    new Signal(output, shape, joined(signals.get(0), axis, shape), false, false),
                    "concatenation of " + signals.size() + " to " + shape.extent(-1) + " channels");
        }
        return padded(node, graph, signals, axis);
    }

    private static Signal arranged(GraphBuilder graph, String name, Signal signal) {
        return signal.view().rank() <= 4 ? Layouts.arranged(graph, name, signal, Roles.natural(signal)) : signal;
    }

    /** A constant beside a value: of its extents but for one axis. */
    private static Signal constant(GraphBuilder graph, String name, Signal like, int axis, OnnxTensor tensor) {
        if (tensor.rank() != like.view().rank()) {
            throw new Refusal("it joins " + like.text() + " and a constant " + tensor.extents());
        }
        List<Window> copies = IntStream.range(0, tensor.extents().get(axis))
                .mapToObj(place -> Window.of(0))
                .toList();
        Signal shaped = Layouts.sampled(graph, name + ".like", like, axis, copies);
        double[] values = Constants.of(shaped, tensor).values();
        boolean byChannel = values.length < shaped.shape().elements();
        double[] all = new double[Math.toIntExact(shaped.shape().elements())];
        for (int offset = 0; offset < all.length; offset++) {
            all[offset] = values[byChannel ? offset % values.length : offset];
        }
        return shaped.at(graph.constant(name, shaped.shape(), all));
    }

    private static void requireAlike(List<Signal> signals, int axis) {
        List<Long> first = new ArrayList<>(signals.get(0).view().extents());
        first.set(axis, 0L);
        for (Signal signal : signals) {
            List<Long> other = new ArrayList<>(signal.view().extents());
            if (other.size() > axis) {
                other.set(axis, 0L);
            }
            if (!other.equals(first)) {
                throw new Refusal(
                        "it joins " + signals.get(0).text() + " and " + signal.text() + " along axis " + axis);
            }
        }
    }

    /** Whether the axis is all or the outermost part of channels in each, and all else lies alike. */
    private static boolean joinsChannels(List<Signal> signals, int axis) {
        List<View> rests = new ArrayList<>();
        for (Signal signal : signals) {
            List<Part> parts = Axis.cut(signal.view().axes().get(axis), signal.shape());
            boolean one = parts.isEmpty() && signal.channels() == 1;
            boolean outermost = parts.size() == 1
                    && !parts.get(0).isBatch()
                    && Axis.of(parts.get(0), signal.shape()) == Axis.CHANNELS
                    && parts.get(0).extent() * parts.get(0).stride() == signal.channels();
            if (!one && !outermost
                    || signal.shape().rank() != signals.get(0).shape().rank()) {
                return false;
            }
            long inner = one ? 1 : parts.get(0).stride();
            Shape narrow = signal.shape().rank() == 1
                    ? Shape.of((int) inner)
                    : Shape.of(signal.height(), signal.width(), (int) inner);
            rests.add(rest(signal, axis, narrow));
        }
        return rests.stream().allMatch(rests.get(0)::equals);
    }

    /** The other axes, as if the joined one had one place. */
    private static View rest(Signal signal, int axis, Shape narrow) {
        return Layouts.rescaled(signal, narrow, (along, step) -> step)
                .with(axis, List.of(new Part(narrow.extent(-1), 1)));
    }

    private static View joined(Signal first, int axis, Shape shape) {
        List<Part> parts = Axis.cut(first.view().axes().get(axis), first.shape());
        long inner = parts.isEmpty() ? 1 : parts.get(0).stride();
        return Layouts.rescaled(first, shape, (along, step) -> step)
                .with(axis, List.of(new Part(shape.extent(-1) / inner, inner)));
    }

    private static Reading padded(OnnxNode node, GraphBuilder graph, List<Signal> signals, int axis) {
        int total = Math.toIntExact(
                signals.stream().mapToLong(signal -> signal.view().extent(axis)).sum());
        int start = 0;
        Signal sum = null;
        for (Signal signal : signals) {
            int begin = start;
            int end = begin + (int) signal.view().extent(axis);
            List<Window> windows = IntStream.range(0, total)
                    .mapToObj(place ->
                            place >= begin && place < end ? Window.of(place - begin) : new Window(0, List.of()))
                    .toList();
            Signal part = Layouts.sampled(graph, node.name() + ".part", signal, axis, windows);
            if (sum == null) {
                sum = part;
            } else {
                Signal[] pair = Arithmetic.aligned(graph, node.name(), sum, part);
                sum = pair[0].at(graph.append(node.name(), new Op.Add(), List.of(pair[0].node(), pair[1].node())));
            }
            start = end;
        }
        return Reading.converted(sum, "concatenation of " + signals.size() + " to " + sum.text() + ", as a sum");
    }
}
