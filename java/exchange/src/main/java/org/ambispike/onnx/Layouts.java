package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.ambispike.onnx.Value.Signal;
import org.ambispike.onnx.View.Part;

/** Brings values into the order that an operation reads: where a view says that they lie otherwise, nodes move them. */
final class Layouts {
    /** Weights of the sampled axis of a node of ours. */
    private static final int MOST_SAMPLED = 1 << 22;

    private static final int MOST_PLACES = 1 << 20;

    private Layouts() {}

    /**
     * Which of ONNX's axes are our channels, rows and columns.
     *
     * @param rows negative if there is no such axis
     * @param columns negative if there is no such axis
     */
    record Roles(int channels, int rows, int columns) {
        /** [N, C], [N, C, L] or [N, C, H, W]. */
        static Roles channelsFirst(Signal signal) {
            int rank = signal.view().rank();
            if (rank < 2 || rank > 4) {
                throw Refusal.ofLayout("it reads " + signal.text() + ", expected [N, C, H, W] or [N, C, L]");
            }
            return of(signal, 1, rank == 4 ? 2 : -1, rank >= 3 ? rank - 1 : -1);
        }

        /** The same, or channels last if the channels lie there. */
        static Roles natural(Signal signal) {
            int rank = signal.view().rank();
            if (rank >= 3 && rank <= 4 && !along(signal, 1, Axis.CHANNELS) && along(signal, rank - 1, Axis.CHANNELS)) {
                return of(signal, rank - 1, rank == 4 ? 1 : -1, rank - 2);
            }
            return channelsFirst(signal);
        }

        /** Rows and columns change places where our memory has them so. */
        private static Roles of(Signal signal, int channels, int rows, int columns) {
            boolean rowsAcross = along(signal, rows, Axis.ACROSS) && !along(signal, rows, Axis.DOWN);
            boolean columnsDown = along(signal, columns, Axis.DOWN) && !along(signal, columns, Axis.ACROSS);
            boolean swapped = rowsAcross && !along(signal, columns, Axis.ACROSS)
                    || columnsDown && !along(signal, rows, Axis.DOWN);
            return swapped ? new Roles(channels, columns, rows) : new Roles(channels, rows, columns);
        }

        private static boolean along(Signal signal, int axis, Axis kind) {
            return parts(signal, axis).stream()
                    .anyMatch(part -> !part.isBatch() && Axis.of(part, signal.shape()) == kind);
        }

        View view(Signal signal, Shape shape) {
            return View.of(signal.view().rank(), signal.view().batch(), shape, channels, rows, columns);
        }
    }

    /** Returns the values as a map of these roles in our order. */
    static Signal arranged(GraphBuilder graph, String name, Signal signal, Roles roles) {
        signal.view().requireBatchFirst();
        if (signal.view().equals(roles.view(signal, signal.shape()))) {
            return signal;
        }
        Shape shape = signal.shape();
        List<Part> channels = parts(signal, roles.channels());
        List<Part> rows = parts(signal, roles.rows());
        List<Part> columns = parts(signal, roles.columns());
        boolean ordered = inOrder(rows, Axis.DOWN, shape) && inOrder(columns, Axis.ACROSS, shape);
        List<Part> rowBlocks = ordered ? blocks(rows, Axis.DOWN, shape) : rows;
        List<Part> columnBlocks = ordered ? blocks(columns, Axis.ACROSS, shape) : columns;
        int down = ordered ? block(rows, rowBlocks, Axis.DOWN, shape) : shape.extent(0);
        int across = ordered ? block(columns, columnBlocks, Axis.ACROSS, shape) : shape.extent(1);
        if (shape.rank() == 1 && !(rowBlocks.isEmpty() && columnBlocks.isEmpty())) {
            throw new GraphBuilder.NeedsMaps();
        }
        List<Part> order = new ArrayList<>(rowBlocks);
        order.addAll(columnBlocks);
        order.addAll(channels);
        String node = signal.node();
        if (down > 1 || across > 1) {
            node = spaceToDepth(graph, name + ".depth", node, down, across);
            order.replaceAll(part -> inDepth(part, shape, down, across));
        }
        node = permuted(graph, name + ".order", node, order);
        int high = product(rowBlocks);
        int wide = product(columnBlocks);
        if (high > 1 || wide > 1) {
            node = graph.append(name + ".space", new Op.DepthToSpace(high, wide), List.of(node));
        }
        if (node.equals(signal.node())) {
            throw Refusal.ofLayout("it reads " + signal.text() + " in an order that is not supported");
        }
        Shape result = graph.shape(node);
        return new Signal(node, result, roles.view(signal, result), false, signal.assumed());
    }

    private static List<Part> parts(Signal signal, int axis) {
        return axis < 0 ? List.of() : Axis.cut(signal.view().axes().get(axis), signal.shape());
    }

    /** Whether parts are whole rows or columns of our memory, or blocks of them, and then what channels hold. */
    private static boolean inOrder(List<Part> parts, Axis axis, Shape shape) {
        List<Part> blocks = blocks(parts, axis, shape);
        boolean outermost = parts.size() == blocks.size()
                || parts.get(0).stride() / axis.unit(shape) * parts.get(0).extent() == axis.extent(shape);
        return outermost && blocks.stream().allMatch(part -> Axis.of(part, shape) == Axis.CHANNELS);
    }

    /** What follows the rows or columns of our memory: places of a block. */
    private static List<Part> blocks(List<Part> parts, Axis axis, Shape shape) {
        boolean first = !parts.isEmpty() && Axis.of(parts.get(0), shape) == axis;
        return first ? parts.subList(1, parts.size()) : parts;
    }

    /** How many places of our rows or columns channels are to hold. */
    private static int block(List<Part> parts, List<Part> blocks, Axis axis, Shape shape) {
        return parts.size() == blocks.size()
                ? axis.extent(shape)
                : (int) (parts.get(0).stride() / axis.unit(shape));
    }

    /** Blocks of a map as channels: of each channel its rows, of each row its columns. */
    private static String spaceToDepth(GraphBuilder graph, String name, String node, int down, int across) {
        Shape shape = graph.shape(node);
        int channels = shape.extent(2);
        int block = Math.multiplyExact(down, across);
        if ((double) channels * block * block > GraphBuilder.MOST_OF_OWN) {
            throw Refusal.ofLayout(
                    "it needs a map " + shape + " in another order, which takes too large a layer; export the"
                            + " network up to the maps before it, and put their values in order outside");
        }
        float[] weight = new float[channels * block * block];
        for (int out = 0; out < channels * block; out++) {
            weight[out * block + out % block] = 1;
        }
        ConvGeometry geometry = new ConvGeometry(
                channels,
                channels * block,
                channels,
                WindowAxis.padded(shape.extent(0), down, down, 1, 0, 0),
                WindowAxis.padded(shape.extent(1), across, across, 1, 0, 0));
        return graph.convolution(name, node, geometry, weight, new float[channels * block]);
    }

    /** Where a part lies behind {@link #spaceToDepth}. */
    private static Part inDepth(Part part, Shape shape, int down, int across) {
        Axis axis = Axis.of(part, shape);
        long step = part.stride() / axis.unit(shape);
        return new Part(
                part.extent(),
                switch (axis) {
                    case CHANNELS -> step * down * across;
                    case DOWN -> step * across;
                    case ACROSS -> step;
                });
    }

    private static int product(List<Part> parts) {
        return (int) parts.stream().mapToLong(Part::extent).reduce(1, (a, b) -> a * b);
    }

    private static String permuted(GraphBuilder graph, String name, String node, List<Part> order) {
        int channels = graph.shape(node).extent(-1);
        if (product(order) != channels) {
            throw Refusal.ofLayout("its input leaves out places of what it was made from");
        }
        int[] places = new int[channels];
        boolean moved = false;
        for (int channel = 0; channel < channels; channel++) {
            int rest = channel;
            for (int part = order.size() - 1; part >= 0; part--) {
                int extent = (int) order.get(part).extent();
                places[channel] += (int) (rest % extent * order.get(part).stride());
                rest /= extent;
            }
            moved |= places[channel] != channel;
        }
        return moved ? copied(graph, name, node, places) : node;
    }

    /** Channels in another order, or some of them; a place below 0 is 0. */
    static String copied(GraphBuilder graph, String name, String node, int[] places) {
        int channels = graph.shape(node).extent(-1);
        String result = graph.resample(name, node, Axis.CHANNELS, SampledAxis.copies(channels, IntStream.of(places)));
        if (IntStream.of(places).distinct().count() == channels && places.length == channels) {
            int[] moved = new int[channels];
            for (int channel = 0; channel < channels; channel++) {
                moved[places[channel]] = channel;
            }
            graph.passesOn(result, node, channel -> moved[channel]);
        }
        return result;
    }

    /**
     * A linear map along one axis as ONNX sees it.
     *
     * @param windows one for each place of the result
     */
    static Signal sampled(GraphBuilder graph, String name, Signal signal, int axis, List<Window> windows) {
        long values = 0;
        for (Window window : windows) {
            values += 1 + window.weights().size();
        }
        if (values > MOST_SAMPLED || windows.isEmpty()) {
            throw new Refusal("it makes " + windows.size() + " places of axis " + axis + " of " + signal.text());
        }
        if (Axis.cut(signal.view().axes().get(axis), signal.shape()).size() > 1) {
            return sampled(graph, name, arranged(graph, name, signal, Roles.natural(signal)), axis, windows);
        }
        Part part = part(signal, axis);
        if (part.isBatch()) {
            throw Refusal.ofLayout("it changes the axis of the images");
        }
        Shape shape = signal.shape();
        Axis kind = part.extent() == 1 ? free(signal, axis) : Axis.of(part, shape);
        int total = kind.extent(shape);
        long stride = part.extent() == 1 ? total : part.stride() / kind.unit(shape);
        if (copiesAll(windows, part.extent())) {
            return signal;
        }
        int outer = (int) (total / (stride * part.extent()));
        if ((double) values * outer * stride > MOST_SAMPLED) {
            throw new Refusal("it makes " + windows.size() + " places of axis " + axis + " of " + signal.text());
        }
        List<Window> all = new ArrayList<>();
        for (int block = 0; block < outer; block++) {
            for (Window window : windows) {
                for (int inner = 0; inner < stride; inner++) {
                    all.add(moved(window, (int) (block * part.extent()), (int) stride, inner));
                }
            }
        }
        String node = graph.resample(name, signal.node(), kind, new SampledAxis(total, all));
        return new Signal(
                node,
                graph.shape(node),
                resized(signal, graph.shape(node), axis, kind, stride, part.extent(), windows.size()),
                false,
                signal.assumed());
    }

    /** @throws Refusal before so many places of an axis are made, if they are too many or those of images */
    static void requirePlaces(Signal signal, int axis, long places) {
        if (places > MOST_PLACES || signal.view().axes().get(axis).stream().anyMatch(Part::isBatch)) {
            throw new Refusal("it makes " + places + " places of axis " + axis + " of " + signal.text());
        }
    }

    /** Whether windows change nothing. */
    private static boolean copiesAll(List<Window> windows, long extent) {
        for (int index = 0; index < windows.size(); index++) {
            if (!windows.get(index).equals(Window.of(index))) {
                return false;
            }
        }
        return windows.size() == extent;
    }

    private static Window moved(Window window, int block, int stride, int inner) {
        if (stride == 1) {
            return new Window(window.weights().isEmpty() ? 0 : block + window.first(), window.weights());
        }
        List<Float> spread = new ArrayList<>();
        for (float weight : window.weights()) {
            for (int gap = 1; gap < stride && !spread.isEmpty(); gap++) {
                spread.add(0f);
            }
            spread.add(weight);
        }
        return new Window(spread.isEmpty() ? 0 : (block + window.first()) * stride + inner, spread);
    }

    /** The one part of an axis; an axis of one place has one of extent 1. */
    private static Part part(Signal signal, int axis) {
        List<Part> parts = Axis.cut(signal.view().axes().get(axis), signal.shape());
        return parts.isEmpty() ? new Part(1, 1) : parts.get(0);
    }

    /** An axis of our memory along which an axis of one place may grow. */
    private static Axis free(Signal signal, int axis) {
        if (signal.shape().rank() == 1) {
            return Axis.CHANNELS;
        }
        boolean last = true;
        for (int later = axis + 1; later < signal.view().rank(); later++) {
            last &= signal.view().axes().get(later).stream()
                    .anyMatch(part -> !part.isBatch() && Axis.of(part, signal.shape()) == Axis.CHANNELS);
        }
        List<Axis> wanted = axis == 1 && signal.channels() == 1 && signal.view().rank() == 4
                ? List.of(Axis.CHANNELS)
                : last ? List.of(Axis.ACROSS, Axis.DOWN) : List.of(Axis.DOWN, Axis.ACROSS);
        return wanted.stream()
                .filter(kind -> kind.extent(signal.shape()) == 1)
                .findFirst()
                .orElse(Axis.CHANNELS);
    }

    /** The places of our memory, along one of its axes, from one place of a part to the next. */
    interface Steps {
        long of(Axis along, long step);
    }

    /** The view where a map has other extents, and its parts perhaps other steps. */
    static View rescaled(Signal signal, Shape shape, Steps steps) {
        List<List<Part>> axes = new ArrayList<>();
        for (List<Part> given : signal.view().axes()) {
            List<Part> parts = new ArrayList<>();
            for (Part part : Axis.cut(given, signal.shape())) {
                Axis along = Axis.of(part, signal.shape());
                long step = part.stride() / along.unit(signal.shape());
                parts.add(part.isBatch() ? part : new Part(part.extent(), steps.of(along, step) * along.unit(shape)));
            }
            axes.add(parts);
        }
        return new View(axes);
    }

    /** The view after one part of one axis of our memory has got another extent. */
    private static View resized(
            Signal signal, Shape shape, int axis, Axis kind, long stride, long extent, long changed) {
        return rescaled(signal, shape, (along, step) -> along == kind && step > stride ? step / extent * changed : step)
                .with(axis, List.of(new Part(changed, stride * kind.unit(shape))));
    }

    /** The view after an axis that holds all channels has got others in their place. */
    static View widened(Signal signal, int axis, Shape shape) {
        return resized(signal, shape, axis, Axis.CHANNELS, 1, signal.channels(), shape.extent(-1));
    }
}
