package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.ambispike.graph.WindowAxis;

/**
 * The windows of a convolution or pooling node along one axis, as ONNX describes them.
 *
 * @param before padding before the map
 * @param after padding behind it
 * @param ceil whether a last window that the map does not fill counts
 */
record Windows(int extent, int kernel, int stride, int dilation, int before, int after, boolean ceil) {
    private static final int MOST = 1 << 15;

    /**
     * Reads strides, pads, auto_pad, dilations and ceil_mode.
     *
     * @param extents of the map, rows and columns, or columns alone
     * @param kernel as many
     */
    static List<Windows> of(OnnxNode node, List<Integer> extents, List<Integer> kernel) {
        int rank = extents.size();
        if (kernel.size() != rank) {
            throw new Refusal("its kernel is " + kernel + ", but its input has " + rank + " axes beside channels");
        }
        List<Long> dilations = values(node, "dilations", rank, 1);
        List<Long> strides = values(node, "strides", rank, 1);
        List<Long> pads = values(node, "pads", 2 * rank, 0);
        String automatic = node.text("auto_pad", "NOTSET");
        List<Windows> windows = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int stride = bounded(strides.get(axis), 1, "stride");
            int dilation = bounded(dilations.get(axis), 1, "dilation");
            int missing = missing(extents.get(axis), (kernel.get(axis) - 1) * dilation + 1, stride);
            int smaller = missing / 2;
            int before =
                    switch (automatic) {
                        case "NOTSET" -> bounded(pads.get(axis), 0, "padding");
                        case "VALID" -> 0;
                        case "SAME_UPPER" -> smaller;
                        case "SAME_LOWER" -> missing - smaller;
                        default -> throw new Refusal("its auto_pad is '" + Names.printable(automatic) + "'");
                    };
            int after = automatic.equals("NOTSET")
                    ? bounded(pads.get(axis + rank), 0, "padding")
                    : automatic.equals("VALID") ? 0 : missing - before;
            windows.add(new Windows(
                    extents.get(axis),
                    kernel.get(axis),
                    stride,
                    dilation,
                    before,
                    after,
                    node.integer("ceil_mode", 0) != 0));
        }
        return windows;
    }

    private static int missing(int extent, int reach, int stride) {
        int windows = (extent + stride - 1) / stride;
        return Math.max(0, (windows - 1) * stride + reach - extent);
    }

    static List<Long> values(OnnxNode node, String key, int count, long otherwise) {
        List<Long> values = node.integers(key).orElse(Collections.nCopies(count, otherwise));
        if (values.size() != count) {
            throw new Refusal("its " + key + " are " + values + ", expected " + count);
        }
        return values;
    }

    /** kernel_shape, which pooling must have. */
    static List<Integer> kernelShape(OnnxNode node) {
        return node.integers("kernel_shape").orElseThrow(() -> new Refusal("it lacks kernel_shape")).stream()
                .map(extent -> bounded(extent, 1, "kernel"))
                .toList();
    }

    static int bounded(long value, int least, String what) {
        if (value < least || value > MOST) {
            throw new Refusal("its " + what + " is " + value);
        }
        return (int) value;
    }

    int reach() {
        return (kernel - 1) * dilation + 1;
    }

    /** How many there are. */
    int count() {
        int room = extent + before + after - reach();
        if (room < 0) {
            throw new Refusal("its kernel of " + kernel + (dilation == 1 ? "" : " (dilated by " + dilation + ")")
                    + " does not fit into " + extent + " padded by " + before + " and " + after);
        }
        int whole = room / stride + 1;
        boolean more = ceil && room % stride != 0 && whole * stride < extent + before;
        return more ? whole + 1 : whole;
    }

    /** The same over a map that is padded before by another node. */
    Windows padded(int moreBefore, int moreAfter) {
        return new Windows(
                extent - moreBefore - moreAfter,
                kernel,
                stride,
                dilation,
                before + moreBefore,
                after + moreAfter,
                ceil);
    }

    WindowAxis axis() {
        return new WindowAxis(extent, kernel, stride, dilation, before, count());
    }

    /** The windows of an axis that a node does not touch. */
    static WindowAxis single(int extent) {
        return new WindowAxis(extent, 1, 1, 1, 0, extent);
    }

    boolean plain() {
        return before == 0 && after == 0 && dilation == 1 && (count() - 1) * stride + kernel <= extent;
    }
}
