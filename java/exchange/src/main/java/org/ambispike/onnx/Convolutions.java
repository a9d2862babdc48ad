package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Layouts.Roles;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Convolutions over maps, and over signals of one dimension as maps of one row. */
final class Convolutions {
    private Convolutions() {}

    /** A map that windows are laid over, in our order. */
    record Map(Signal signal, Roles roles, List<Integer> extents) {
        static Map of(OnnxNode node, GraphBuilder graph, Signal given) {
            Roles roles = Roles.channelsFirst(given);
            if (given.view().rank() < 3) {
                throw new Refusal("it reads " + given.text() + ", expected [N, C, H, W] or [N, C, L]");
            }
            Signal signal = Layouts.arranged(graph, node.name(), given, roles);
            if (signal.shape().rank() == 1) {
                throw new GraphBuilder.NeedsMaps();
            }
            List<Integer> extents = signal.view().extents().stream()
                    .skip(2)
                    .map(Math::toIntExact)
                    .toList();
            return new Map(signal, roles, extents);
        }

        /** Takes, of what ONNX has for each of its axes beside channels, that along our rows, or else. */
        <T> T down(List<T> axes, T otherwise) {
            return roles.rows() < 0 ? otherwise : axes.get(roles.rows() - 2);
        }

        <T> T across(List<T> axes, T otherwise) {
            return roles.columns() < 0 ? otherwise : axes.get(roles.columns() - 2);
        }

        Signal result(GraphBuilder graph, String node) {
            Shape shape = graph.shape(node);
            return new Signal(node, shape, roles.view(signal, shape), false, signal.assumed());
        }
    }

    static Reading convolution(OnnxNode node, GraphBuilder graph) {
        OnnxTensor weight = weight(node);
        Map map = Map.of(node, graph, node.signal(0));
        int outputs = weight.extents().get(0);
        int groups = groups(node, outputs);
        int channels = map.signal().channels();
        if ((long) weight.extents().get(1) * groups != channels) {
            throw new Refusal("its weights " + weight.extents() + " do not fit to an input of " + channels + " channels"
                    + (groups == 1 ? "" : " in " + groups + " groups"));
        }
        List<Integer> kernel = weight.extents().subList(2, weight.rank());
        List<Windows> windows = Windows.of(node, map.extents(), kernel);
        Windows down = map.down(windows, new Windows(map.signal().height(), 1, 1, 1, 0, 0, false));
        Windows across = map.across(windows, new Windows(map.signal().width(), 1, 1, 1, 0, 0, false));
        String input = map.signal().node();
        Optional<int[]> pads = pads(graph.node(input));
        if (pads.isPresent()) {
            input = graph.node(input).inputs().get(0);
            down = down.padded(pads.get()[0], pads.get()[1]);
            across = across.padded(pads.get()[2], pads.get()[3]);
        }
        ConvGeometry geometry = new ConvGeometry(channels, outputs, groups, down.axis(), across.axis());
        float[] bias = bias(node, outputs);
        String output = graph.convolution(node.name(), input, geometry, laidOut(weight, map), bias);
        return Reading.converted(
                map.result(graph, output),
                "convolution " + text(geometry) + " to " + outputs + " channels"
                        + (groups == 1 ? "" : groups == channels ? ", depthwise" : " in " + groups + " groups")
                        + (pads.isPresent() ? ", with the padding before it" : ""));
    }

    static String text(ConvGeometry geometry) {
        String text = geometry.down().kernel() + "x" + geometry.across().kernel();
        if (geometry.down().stride() > 1 || geometry.across().stride() > 1) {
            text += ", stride " + geometry.down().stride() + "x"
                    + geometry.across().stride();
        }
        boolean dilated = geometry.down().dilation() > 1 || geometry.across().dilation() > 1;
        return dilated
                ? text + ", dilated " + geometry.down().dilation() + "x"
                        + geometry.across().dilation()
                : text;
    }

    private static OnnxTensor weight(OnnxNode node) {
        if (node.value(1) instanceof Signal) {
            throw new Refusal("its weights depend on the image; spiking layers have constant ones");
        }
        OnnxTensor weight = node.constant(1);
        if (weight.rank() < 3 || weight.rank() > 4 || weight.size() == 0) {
            throw new Refusal("its weights are " + weight.extents()
                    + ", expected those of a map, [out, in, height, width], or of a signal, [out, in, length]");
        }
        List<Integer> kernel = weight.extents().subList(2, weight.rank());
        if (node.integers("kernel_shape").isPresent()
                && !Windows.kernelShape(node).equals(kernel)) {
            throw new Refusal("its kernel_shape is not that of its weights " + weight.extents());
        }
        return weight;
    }

    private static int groups(OnnxNode node, int outputs) {
        long groups = node.integer("group", 1);
        if (groups < 1 || outputs % groups != 0) {
            throw new Refusal("its group " + groups + " does not divide its " + outputs + " outputs");
        }
        return (int) groups;
    }

    private static float[] bias(OnnxNode node, int outputs) {
        float[] bias = new float[outputs];
        Optional<OnnxTensor> given = node.optional(2);
        if (given.isPresent()) {
            if (given.get().size() != outputs) {
                throw new Refusal("its bias " + given.get().extents() + " does not fit to " + outputs + " outputs");
            }
            for (int out = 0; out < outputs; out++) {
                bias[out] = (float) given.get().at(out);
            }
        }
        return bias;
    }

    /** Zeros around a map by which a node pads it and does nothing else: before and after the rows, and the columns. */
    static Optional<int[]> pads(Node node) {
        if (!(node.op() instanceof Op.Resample resample) || !resample.channels().isUnchanged()) {
            return Optional.empty();
        }
        int[] down = pads(resample.down());
        int[] across = pads(resample.across());
        return down.length == 0 || across.length == 0
                ? Optional.empty()
                : Optional.of(new int[] {down[0], down[1], across[0], across[1]});
    }

    /** Before and after; empty if the axis is otherwise than padded. */
    private static int[] pads(SampledAxis axis) {
        if (axis.isUnchanged()) {
            return new int[2];
        }
        int before = 0;
        while (before < axis.places() && axis.windows().get(before).weights().isEmpty()) {
            before++;
        }
        for (int place = before; place < axis.places(); place++) {
            boolean inside = place - before < axis.extent();
            Window window = axis.windows().get(place);
            if (inside
                    ? !window.equals(Window.of(place - before))
                    : !window.weights().isEmpty()) {
                return new int[0];
            }
        }
        int after = axis.places() - before - axis.extent();
        return after < 0 ? new int[0] : new int[] {before, after};
    }

    /** Where a weight stands among those of ONNX, by output or input, input or output, and place of the kernel. */
    private record Kernel(int second, List<Integer> extents, int rowAxis, int columnAxis) {
        static Kernel of(OnnxTensor weight, Map map) {
            return new Kernel(
                    weight.extents().get(1),
                    weight.extents().subList(2, weight.rank()),
                    map.roles().rows() - 2,
                    map.roles().columns() - 2);
        }

        int rows() {
            return rowAxis < 0 ? 1 : extents.get(rowAxis);
        }

        int columns() {
            return columnAxis < 0 ? 1 : extents.get(columnAxis);
        }

        int index(int first, int other, int row, int column) {
            boolean swapped = rowAxis > columnAxis && columnAxis >= 0;
            int place = swapped ? column * rows() + row : row * columns() + column;
            return (first * second + other) * rows() * columns() + place;
        }
    }

    /** Lays out [out, in / groups, ...] as [out, rows, columns, in / groups]. */
    private static float[] laidOut(OnnxTensor weight, Map map) {
        Kernel kernel = Kernel.of(weight, map);
        int outputs = weight.extents().get(0);
        float[] values = new float[weight.size()];
        int target = 0;
        for (int out = 0; out < outputs; out++) {
            for (int row = 0; row < kernel.rows(); row++) {
                for (int column = 0; column < kernel.columns(); column++) {
                    for (int in = 0; in < kernel.second(); in++) {
                        values[target++] = (float) weight.at(kernel.index(out, in, row, column));
                    }
                }
            }
        }
        return values;
    }

    /**
     * A transposed convolution: a convolution of stride 1 that gives, as channels, the block of results between one place and
     * the next.
     */
    static Reading transposed(OnnxNode node, GraphBuilder graph) {
        OnnxTensor weight = weight(node);
        Map map = Map.of(node, graph, node.signal(0));
        int channels = map.signal().channels();
        int groups = groups(node, channels);
        if (weight.extents().get(0) != channels) {
            throw new Refusal(
                    "its weights " + weight.extents() + " do not fit to an input of " + channels + " channels");
        }
        Kernel kernel = Kernel.of(weight, map);
        int outputs = Math.multiplyExact(kernel.second(), groups);
        List<Phases> axes = Phases.of(node, map.extents(), kernel.extents());
        Phases down = map.down(axes, Phases.single(map.signal().height()));
        Phases across = map.across(axes, Phases.single(map.signal().width()));
        int block = Math.multiplyExact(down.stride(), across.stride());
        double size = (double) outputs * block * down.kernel() * across.kernel() * (channels / groups);
        if (size > Math.max(GraphBuilder.MOST_OF_OWN, 16L * weight.size())) {
            throw new Refusal(
                    "its stride is so much larger than its kernel that as a convolution it has " + size + " weights");
        }
        ConvGeometry geometry = new ConvGeometry(
                channels,
                outputs * block,
                groups,
                down.axis(map.signal().height()),
                across.axis(map.signal().width()));
        float[] values = blocks(weight, kernel, geometry, down, across);
        float[] given = bias(node, outputs);
        float[] bias = new float[outputs * block];
        for (int out = 0; out < bias.length; out++) {
            bias[out] = given[channel(out, kernel.second(), block)];
        }
        String layer = graph.convolution(node.name(), map.signal().node(), geometry, values, bias);
        String output = spread(graph, node.name(), layer, groups, down, across);
        graph.passesOn(output, layer, out -> channel(out, kernel.second(), block));
        return Reading.converted(
                map.result(graph, output),
                "transposed convolution to " + outputs + " channels: convolution " + text(geometry) + " to blocks of "
                        + down.stride() + "x" + across.stride());
    }

    /** The channel of a result, given that of the convolution: [group, block, channel of the group]. */
    private static int channel(int out, int perGroup, int block) {
        return out / (perGroup * block) * perGroup + out % perGroup;
    }

    private static float[] blocks(OnnxTensor weight, Kernel kernel, ConvGeometry geometry, Phases down, Phases across) {
        int inputs = geometry.groupInputs();
        int perGroup = kernel.second();
        float[] values = new float[Math.toIntExact(geometry.weightShape().elements())];
        for (int channel = 0; channel < geometry.inChannels(); channel++) {
            int group = channel / inputs;
            for (int row = 0; row < kernel.rows(); row++) {
                for (int column = 0; column < kernel.columns(); column++) {
                    int phase = down.phase(row) * across.stride() + across.phase(column);
                    int place = down.tap(row) * across.kernel() + across.tap(column);
                    for (int other = 0; other < perGroup; other++) {
                        int out = (group * down.stride() * across.stride() + phase) * perGroup + other;
                        int target = (out * down.kernel() * across.kernel() + place) * inputs + channel % inputs;
                        values[target] = (float) weight.at(kernel.index(channel, other, row, column));
                    }
                }
            }
        }
        return values;
    }

    /** Blocks as maps, without what lies beyond their end. */
    private static String spread(
            GraphBuilder graph, String name, String layer, int groups, Phases down, Phases across) {
        String node = layer;
        int block = down.stride() * across.stride();
        int channels = graph.shape(layer).extent(-1);
        if (groups > 1 && block > 1) {
            int perGroup = channels / groups / block;
            int[] places = new int[channels];
            for (int place = 0; place < channels; place++) {
                int phase = place / (perGroup * groups);
                int channel = place % (perGroup * groups);
                places[place] = (channel / perGroup * block + phase) * perGroup + channel % perGroup;
            }
            node = Layouts.copied(graph, name + ".order", node, places);
        }
        if (block > 1) {
            node = graph.append(name + ".blocks", new Op.DepthToSpace(down.stride(), across.stride()), List.of(node));
        }
        Shape shape = graph.shape(node);
        return graph.resample(
                name + ".crop",
                node,
                first(shape.extent(0), down.extent()),
                first(shape.extent(1), across.extent()),
                SampledAxis.unchanged(shape.extent(2)));
    }

    private static SampledAxis first(int extent, int places) {
        List<Window> windows = new ArrayList<>();
        for (int place = 0; place < places; place++) {
            windows.add(place < extent ? Window.of(place) : new Window(0, List.of()));
        }
        return places == extent ? SampledAxis.unchanged(extent) : new SampledAxis(extent, windows);
    }
}
