package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Values around a map. */
final class Padding {
    private static final int MOST = 1 << 15;
    /** What pads for a maximum: less than any value. */
    private static final double LOWEST = -1e30;

    private Padding() {}

    static Reading pad(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Long> pads = node.integers("pads", 1).orElseThrow(() -> new Refusal("it lacks pads"));
        List<Integer> axes = input.view().axes(node.integers("", 3));
        if (pads.size() != 2 * axes.size()) {
            throw new Refusal("its pads are " + pads + " for " + axes.size() + " axes");
        }
        String mode = node.text("mode", "constant");
        double value = mode.equals("constant")
                ? node.optional(2)
                        .filter(tensor -> tensor.size() > 0)
                        .map(OnnxTensor::one)
                        .orElse(node.real("value", 0))
                : 0;
        boolean low = value <= LOWEST && onlyMaxima(node);
        Signal result = input;
        boolean shifts = value != 0 && !low && pads.stream().anyMatch(pad -> pad > 0);
        if (shifts) {
            result = Constants.affine(graph, node.name() + ".shift", input, 1, -value);
        }
        for (int index = 0; index < axes.size(); index++) {
            long before = pads.get(index);
            long after = pads.get(index + axes.size());
            if (before != 0 || after != 0) {
                result = padded(graph, node.name(), result, axes.get(index), before, after, mode);
            }
        }
        if (shifts) {
            result = Constants.affine(graph, node.name() + ".back", result.asShared(true), 1, value);
        }
        if (low && !result.node().equals(input.node())) {
            graph.padsWithLowest(result.node());
        }
        return result.node().equals(input.node())
                ? Reading.folded(input, "pads nothing")
                : Reading.converted(result, "padded to " + result.text());
    }

    private static boolean onlyMaxima(OnnxNode node) {
        return node.readers().stream().allMatch(reader -> reader.operation().equals("MaxPool"));
    }

    private static Signal padded(
            GraphBuilder graph, String name, Signal signal, int axis, long before, long after, String mode) {
        int extent = Math.toIntExact(signal.view().extent(axis));
        if (Math.abs(before) > MOST || Math.abs(after) > MOST || extent + before + after < 1) {
            throw new Refusal("it pads axis " + axis + " of " + signal.text() + " by " + before + " and " + after);
        }
        Layouts.requirePlaces(signal, axis, extent + before + after);
        List<Window> windows = new ArrayList<>();
        for (long place = -before; place < extent + after; place++) {
            windows.add(window((int) place, extent, mode));
        }
        return Layouts.sampled(graph, name, signal, axis, windows);
    }

    private static Window window(int place, int extent, String mode) {
        if (place >= 0 && place < extent) {
            return Window.of(place);
        }
        return switch (mode) {
            case "constant" -> new Window(0, List.of());
            case "edge" -> Window.of(place < 0 ? 0 : extent - 1);
            case "wrap" -> Window.of(Math.floorMod(place, extent));
            case "reflect" -> {
                if (place <= -extent || place >= 2 * extent - 1) {
                    throw new Refusal("it reflects more places than its input has");
                }
                yield Window.of(place < 0 ? -place : 2 * (extent - 1) - place);
            }
            default -> throw new Refusal("its mode is '" + Names.printable(mode) + "'");
        };
    }
}
