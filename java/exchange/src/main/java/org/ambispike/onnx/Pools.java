package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.WindowAxis;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;
import org.ambispike.onnx.View.Part;

/** Means and maxima over windows, and over whole axes. */
final class Pools {
    private static final int MOST_OF_WINDOWS = 1 << 20;

    private Pools() {}

    static Reading average(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Windows> windows = Windows.of(node, spatial(input), Windows.kernelShape(node));
        return average(node, graph, input, windows, node.integer("count_include_pad", 0) != 0);
    }

    private static List<Integer> spatial(Signal input) {
        if (input.view().rank() < 3 || input.view().rank() > 4) {
            throw new Refusal("it reads " + input.text() + ", expected [N, C, H, W] or [N, C, L]");
        }
        return input.view().extents().stream().skip(2).map(Math::toIntExact).toList();
    }

    private static Reading average(
            OnnxNode node, GraphBuilder graph, Signal input, List<Windows> windows, boolean countsPadding) {
        if (windows.stream().allMatch(axis -> axis.kernel() == 1 && axis.stride() == 1 && axis.plain())) {
            return Reading.folded(input, "windows of one value change nothing");
        }
        Windows first = windows.get(0);
        boolean square = windows.size() == 2
                && windows.stream().allMatch(Windows::plain)
                && first.kernel() == windows.get(1).kernel()
                && first.stride() == windows.get(1).stride();
        if (square) {
            return square(node, graph, input, first.kernel(), first.stride());
        }
        Signal result = input;
        for (int axis = 0; axis < windows.size(); axis++) {
            result = Layouts.sampled(graph, node.name(), result, axis + 2, means(windows.get(axis), countsPadding));
        }
        String kernels = windows.stream()
                .map(axis -> "" + axis.kernel())
                .reduce((a, b) -> a + "x" + b)
                .orElse("");
        return Reading.converted(result, "average pooling " + kernels + ", by a constant linear map");
    }

    private static Reading square(OnnxNode node, GraphBuilder graph, Signal input, int kernel, int stride) {
        Convolutions.Map map = Convolutions.Map.of(node, graph, input);
        int height = map.signal().height();
        int width = map.signal().width();
        PoolGeometry geometry = new PoolGeometry(height, width, map.signal().channels(), kernel, stride);
        String output = graph.append(
                node.name(), new Op.AveragePool(geometry), List.of(map.signal().node()));
        return Reading.converted(
                map.result(graph, output), "average pooling " + kernel + "x" + kernel + ", stride " + stride);
    }

    /** Each place the mean of a window; padding counts as zeros, but never what lies beyond it. */
    private static List<Window> means(Windows windows, boolean countsPadding) {
        if ((long) windows.count() * windows.reach() > MOST_OF_WINDOWS) {
            throw new Refusal("it averages " + windows.count() + " windows of " + windows.kernel());
        }
        List<Window> result = new ArrayList<>();
        for (int index = 0; index < windows.count(); index++) {
            int start = index * windows.stride() - windows.before();
            int counted = 0;
            int first = -1;
            int last = -1;
            for (int place = start; place < start + windows.reach(); place += windows.dilation()) {
                boolean inside = place >= 0 && place < windows.extent();
                boolean padding = place >= -windows.before() && place < windows.extent() + windows.after();
                counted += inside || countsPadding && padding ? 1 : 0;
                first = inside && first < 0 ? place : first;
                last = inside ? place : last;
            }
            List<Float> weights = new ArrayList<>();
            for (int place = first; first >= 0 && place <= last; place++) {
                weights.add((place - first) % windows.dilation() == 0 ? (float) (1.0 / counted) : 0f);
            }
            result.add(new Window(Math.max(0, first), weights));
        }
        return result;
    }

    static Reading globalAverage(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        int spatial = spatial(input).size();
        return mean(node, graph, input, IntStream.range(2, 2 + spatial).boxed().toList(), true);
    }

    /** Means over the axes that the node names, or sums. */
    static Reading reduce(OnnxNode node, GraphBuilder graph, boolean mean) {
        Signal input = node.signal(0);
        List<Integer> axes = axes(node, input);
        Reading reading =
                axes.isEmpty() ? Reading.folded(input, "reduces nothing") : mean(node, graph, input, axes, mean);
        return kept(node, reading, axes);
    }

    private static List<Integer> axes(OnnxNode node, Signal input) {
        Optional<List<Long>> given = node.integers("axes", 1);
        if (given.isEmpty() && node.integer("noop_with_empty_axes", 0) != 0) {
            return List.of();
        }
        if (given.isEmpty()) {
            throw new Refusal("it reduces all axes, the images too");
        }
        return input.view().axes(given).stream().sorted().distinct().toList();
    }

    private static Reading kept(OnnxNode node, Reading reading, List<Integer> axes) {
        Signal result = (Signal) reading.values().get(0);
        boolean keeps = node.integer("keepdims", 1) != 0;
        Signal seen = keeps ? result : result.seen(result.view().without(Set.copyOf(axes)));
        return new Reading(List.of(seen), reading.outcome(), reading.note());
    }

    /** Means, or sums, over whole axes. */
    private static Reading mean(OnnxNode node, GraphBuilder graph, Signal input, List<Integer> axes, boolean mean) {
        boolean square = mean
                && input.view().rank() == 4
                && axes.equals(List.of(2, 3))
                && input.view().extent(2) == input.view().extent(3);
        if (square && input.view().extent(2) > 1) {
            return square(node, graph, input, Math.toIntExact(input.view().extent(2)), 1);
        }
        Signal result = input;
        for (int axis : axes) {
            for (int guard = 0; !result.view().axes().get(axis).isEmpty() && guard < 8; guard++) {
                result = reduced(graph, node.name(), result, axis, mean);
            }
        }
        return result.node().equals(input.node())
                ? Reading.folded(input, "windows of one value change nothing")
                : Reading.converted(result, (mean ? "mean" : "sum") + " over axes " + axes);
    }

    /** Without the innermost part of an axis. */
    private static Signal reduced(GraphBuilder graph, String name, Signal signal, int axis, boolean mean) {
        List<Part> parts = Axis.cut(signal.view().axes().get(axis), signal.shape());
        Part last = parts.get(parts.size() - 1);
        View split = signal.view()
                .with(axis, parts.subList(0, parts.size() - 1))
                .inserted(axis + 1)
                .with(axis + 1, List.of(last));
        int extent = Math.toIntExact(last.extent());
        Window window = new Window(0, Collections.nCopies(extent, mean ? (float) (1.0 / extent) : 1f));
        Signal result = Layouts.sampled(graph, name, signal.seen(split), axis + 1, List.of(window));
        return result.seen(result.view().without(Set.of(axis + 1)));
    }

    static Reading max(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Integer> kernel = Windows.kernelShape(node);
        List<Windows> windows = Windows.of(node, spatial(input), kernel);
        if (kernel.stream().allMatch(extent -> extent == 1) && windows.stream().allMatch(Windows::plain)) {
            return average(node, graph, input, windows, false);
        }
        return maxima(node, graph, input, windows);
    }

    private static Reading maxima(OnnxNode node, GraphBuilder graph, Signal input, List<Windows> windows) {
        Convolutions.Map map = Convolutions.Map.of(node, graph, input);
        Windows down = map.down(windows, new Windows(map.signal().height(), 1, 1, 1, 0, 0, false));
        Windows across = map.across(windows, new Windows(map.signal().width(), 1, 1, 1, 0, 0, false));
        if (down.dilation() != 1 || across.dilation() != 1) {
            throw new Refusal("its windows are dilated; a maximum is taken over neighbours: train with dilation 1");
        }
        String source = map.signal().node();
        if (graph.isPaddedWithLowest(source)) {
            int[] pads = Convolutions.pads(graph.node(source))
                    .orElseThrow(() -> new Refusal("its input is padded in a form that is not supported"));
            source = graph.node(source).inputs().get(0);
            down = down.padded(pads[0], pads[1]);
            across = across.padded(pads[2], pads[3]);
        }
        int channels = map.signal().channels();
        String output;
        if ((long) down.kernel() * across.kernel() <= MaxPoolGeometry.MOST_PLACES) {
            output = graph.append(
                    node.name(),
                    new Op.MaxPool(new MaxPoolGeometry(channels, down.axis(), across.axis())),
                    List.of(source));
        } else {
            WindowAxis rows = Windows.single(across.extent());
            String columns = graph.append(
                    node.name() + ".rows",
                    new Op.MaxPool(new MaxPoolGeometry(channels, down.axis(), rows)),
                    List.of(source));
            output = graph.append(
                    node.name(),
                    new Op.MaxPool(new MaxPoolGeometry(channels, Windows.single(down.count()), across.axis())),
                    List.of(columns));
        }
        return Reading.converted(map.result(graph, output), "max pooling " + down.kernel() + "x" + across.kernel());
    }

    static Reading globalMax(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        return maxima(node, graph, input, whole(spatial(input), Set.of(2, 3)));
    }

    static Reading reduceMax(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Integer> axes = axes(node, input);
        if (axes.stream().anyMatch(axis -> axis < 2)) {
            throw new Refusal(
                    "it takes the maximum over channels or images; only that over rows and columns is supported");
        }
        return kept(node, maxima(node, graph, input, whole(spatial(input), Set.copyOf(axes))), axes);
    }

    /** Windows over the whole of some axes. */
    private static List<Windows> whole(List<Integer> extents, Set<Integer> axes) {
        List<Windows> windows = new ArrayList<>();
        for (int axis = 0; axis < extents.size(); axis++) {
            int extent = extents.get(axis);
            windows.add(new Windows(extent, axes.contains(axis + 2) ? extent : 1, 1, 1, 0, 0, false));
        }
        return windows;
    }
}
