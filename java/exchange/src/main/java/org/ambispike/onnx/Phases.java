package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.WindowAxis;

/**
 * One axis of a transposed convolution. Place k of the kernel carries input i to result {@code i stride + k dilation - before}.
 * Results of one phase, their place modulo the stride, read the inputs at fixed distances: a convolution for each phase.
 *
 * @param before places of the result that are cut off at its begin
 * @param extent places of the result
 * @param first the smallest distance at which an input is read; not above 0
 * @param kernel places of the convolution, for the distances from the first on
 */
record Phases(int stride, int dilation, int before, int extent, int first, int kernel) {
    private static final int MOST_PLACES = 1 << 20;

    static List<Phases> of(OnnxNode node, List<Integer> extents, List<Integer> kernel) {
        int rank = extents.size();
        if (kernel.size() != rank) {
            throw new Refusal("its kernel is " + kernel + ", but its input has " + rank + " axes beside channels");
        }
        List<Long> strides = Windows.values(node, "strides", rank, 1);
        List<Long> dilations = Windows.values(node, "dilations", rank, 1);
        List<Long> pads = Windows.values(node, "pads", 2 * rank, 0);
        List<Long> more = Windows.values(node, "output_padding", rank, 0);
        List<Long> wanted = Windows.values(node, "output_shape", rank, 0);
        String automatic = node.text("auto_pad", "NOTSET");
        List<Phases> axes = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int stride = Windows.bounded(strides.get(axis), 1, "stride");
            int dilation = Windows.bounded(dilations.get(axis), 1, "dilation");
            int added = Windows.bounded(more.get(axis), 0, "output_padding");
            int whole = Math.addExact(
                    Math.multiplyExact(stride, extents.get(axis) - 1), (kernel.get(axis) - 1) * dilation + 1 + added);
            long given = wanted.get(axis);
            boolean same = automatic.equals("SAME_UPPER") || automatic.equals("SAME_LOWER");
            int before = Windows.bounded(pads.get(axis), 0, "padding");
            int extent = whole - before - Windows.bounded(pads.get(axis + rank), 0, "padding");
            if (given > 0 || same) {
                extent = given > 0 ? Math.toIntExact(given) : Math.multiplyExact(stride, extents.get(axis));
                int total = whole - extent;
                before = automatic.equals("SAME_UPPER") ? total / 2 : total - total / 2;
            } else if (automatic.equals("VALID")) {
                before = 0;
                extent = whole;
            }
            if (extent < 1 || extent > MOST_PLACES || before < 0) {
                throw new Refusal("its padding leaves " + extent + " places of " + whole);
            }
            axes.add(of(stride, dilation, before, extent, kernel.get(axis)));
        }
        return axes;
    }

    private static Phases of(int stride, int dilation, int before, int extent, int kernel) {
        int first = 0;
        int last = 0;
        for (int place = 0; place < kernel; place++) {
            int distance = -Math.floorDiv(place * dilation - before, stride);
            first = Math.min(first, distance);
            last = Math.max(last, distance);
        }
        return new Phases(stride, dilation, before, extent, first, last - first + 1);
    }

    /** An axis that the node does not touch. */
    static Phases single(int extent) {
        return new Phases(1, 1, 0, extent, 0, 1);
    }

    /** The phase of the results that a place of the kernel goes to. */
    int phase(int place) {
        return Math.floorMod(place * dilation - before, stride);
    }

    /** The place of the convolution's kernel that it becomes. */
    int tap(int place) {
        return -Math.floorDiv(place * dilation - before, stride) - first;
    }

    /** Windows for all results, and as many more as fit into the map. */
    WindowAxis axis(int inputs) {
        int windows = Math.max(Math.floorDiv(extent + stride - 1, stride), inputs - first - kernel + 1);
        return new WindowAxis(inputs, kernel, 1, 1, -first, windows);
    }
}
