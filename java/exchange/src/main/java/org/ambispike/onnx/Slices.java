package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Parts of values, and values repeated. */
final class Slices {
    private static final int MOST_PLACES = 1 << 22;

    private Slices() {}

    /** The places that a Slice leaves along one axis. */
    record Cut(int axis, int[] places) {}

    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new Refusal("its axis is " + axis + " of " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** Reads a Slice; axes that it leaves whole are not among the cuts. */
    static List<Cut> cuts(OnnxNode node, List<Long> extents) {
        List<Long> starts = node.integers("starts", 1).orElse(List.of());
        List<Long> ends = node.integers("ends", 2).orElse(List.of());
        Optional<List<Long>> axes = node.integers("axes", 3);
        Optional<List<Long>> steps = node.integers("steps", 4);
        int count = starts.size();
        if (ends.size() != count
                || axes.map(List::size).orElse(count) != count
                || steps.map(List::size).orElse(count) != count) {
            throw new Refusal("its starts, ends, axes and steps are not as many");
        }
        List<Cut> cuts = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            int axis = axis(axes.isPresent() ? axes.get().get(index) : index, extents.size());
            long step = steps.isPresent() ? steps.get().get(index) : 1;
            long extent = extents.get(axis);
            if (step == 0) {
                throw new Refusal("its step is 0");
            }
            long start = clamped(starts.get(index), extent, step > 0 ? 0 : -1, step > 0 ? extent : extent - 1);
            start = step < 0 ? Math.max(0, start) : start;
            long end = clamped(ends.get(index), extent, step > 0 ? 0 : -1, extent);
            long places = step > 0 ? (end - start + step - 1) / step : (end - start + step + 1) / step;
            if (start == 0 && step == 1 && places == extent) {
                continue;
            }
            if (places > MOST_PLACES) {
                throw new Refusal("it takes " + places + " places of axis " + axis);
            }
            int first = (int) start;
            cuts.add(new Cut(
                    axis,
                    IntStream.range(0, (int) Math.max(0, places))
                            .map(place -> (int) (first + place * step))
                            .toArray()));
        }
        return cuts;
    }

    private static long clamped(long index, long extent, long least, long most) {
        long place = index < 0 ? Math.max(index, -extent - 1) + extent : index;
        return Math.max(least, Math.min(most, place));
    }

    /** The places that indices name. */
    static int[] indices(OnnxTensor indices, long extent) {
        int[] places = new int[OnnxTensor.computable(indices.extents())];
        for (int index = 0; index < places.length; index++) {
            double place = indices.at(index) < 0 ? indices.at(index) + extent : indices.at(index);
            if (!(place >= 0 && place < extent)) {
                throw new Refusal("it reads place " + indices.at(index) + " of " + extent);
            }
            places[index] = (int) place;
        }
        return places;
    }

    static Signal chosen(GraphBuilder graph, String name, Signal signal, int axis, int[] places) {
        if (places.length == 0) {
            throw new Refusal("it leaves nothing of axis " + axis + " of " + signal.text());
        }
        if (places.length == signal.view().extent(axis)
                && IntStream.range(0, places.length).allMatch(index -> places[index] == index)) {
            return signal;
        }
        Layouts.requirePlaces(signal, axis, places.length);
        return Layouts.sampled(
                graph,
                name,
                signal,
                axis,
                Arrays.stream(places).mapToObj(Window::of).toList());
    }

    static Reading slice(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0);
        Signal result = signal;
        for (Cut cut : cuts(node, signal.view().extents())) {
            result = chosen(graph, node.name(), result, cut.axis(), cut.places());
        }
        return result.node().equals(signal.node())
                ? Reading.folded(result, "leaves all")
                : Reading.converted(result, "cut to " + result.text());
    }

    static Reading split(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0).asShared(true);
        int axis = signal.view().axis(node.integer("axis", 0));
        int extent = Math.toIntExact(signal.view().extent(axis));
        int count = node.outputs().size();
        int size = (extent + count - 1) / count;
        List<Long> sizes = node.integers("split", 1).orElseGet(() -> IntStream.range(0, count)
                .mapToObj(part -> (long) Math.min(size, extent - part * size))
                .toList());
        if (sizes.size() != count || sizes.stream().mapToLong(Long::longValue).sum() != extent) {
            throw new Refusal("it splits axis " + axis + " of " + signal.text() + " into " + sizes);
        }
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (long part : sizes) {
            int end = Math.addExact(start, Math.toIntExact(part));
            parts.add(chosen(
                    graph,
                    node.name(),
                    signal,
                    axis,
                    IntStream.range(start, end).toArray()));
            start = end;
        }
        return new Reading(parts, Outcome.CONVERTED, "cut into " + sizes + " of axis " + axis);
    }

    static Reading gather(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0);
        OnnxTensor indices = node.constant(1);
        if (indices.rank() > 1) {
            throw new Refusal("it gathers by indices " + indices.extents() + "; only a list of them is supported");
        }
        int axis = signal.view().axis(node.integer("axis", 0));
        Signal chosen = chosen(
                graph, node.name(), signal, axis, indices(indices, signal.view().extent(axis)));
        Signal result = indices.rank() == 0 ? chosen.seen(chosen.view().without(java.util.Set.of(axis))) : chosen;
        return Reading.converted(result, "cut to " + result.text());
    }

    /** Gathers whole parts of the first axis, as exporters write a choice of channels. */
    static Reading gatherNd(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0);
        OnnxTensor indices = node.constant(1);
        if (node.integer("batch_dims", 0) != 0
                || indices.rank() != 2
                || indices.extents().get(1) != 1) {
            throw new Refusal(
                    "it gathers by indices " + indices.extents() + "; only those along one axis are supported");
        }
        OnnxTensor list = indices.reshaped(List.of(indices.size()));
        Signal chosen = chosen(
                graph, node.name(), signal, 0, indices(list, signal.view().extent(0)));
        return Reading.converted(chosen, "cut to " + chosen.text());
    }

    static Reading expand(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0);
        List<Integer> wanted = Folding.extents(node.constant(1).longs());
        Signal result = Arithmetic.expanded(graph, node.name(), signal, wanted);
        return result.node().equals(signal.node())
                ? Reading.folded(result, "repeats nothing")
                : Reading.converted(result, "repeated to " + result.text());
    }

    static Reading tile(OnnxNode node, GraphBuilder graph) {
        Signal result = node.signal(0);
        long[] repeats = node.constant(1).longs();
        for (int axis = 0; axis < repeats.length && axis < result.view().rank(); axis++) {
            int extent = Math.toIntExact(result.view().extent(axis));
            if (repeats[axis] != 1) {
                int places = Math.toIntExact(Math.multiplyExact(extent, repeats[axis]));
                if (places > MOST_PLACES) {
                    throw new Refusal("it repeats axis " + axis + " " + repeats[axis] + " times");
                }
                result = chosen(
                        graph,
                        node.name(),
                        result,
                        axis,
                        IntStream.range(0, places).map(place -> place % extent).toArray());
            }
        }
        return Reading.converted(result, "repeated to " + result.text());
    }
}
