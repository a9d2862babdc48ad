package org.ambispike.onnx;

import java.util.List;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Pooling. */
final class PoolOperators {
    private PoolOperators() {}

    static Reading average(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes(
                "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides");
        node.allowInputs(1);
        return pool(node, LinearOperators.spatial(node, scope), graph);
    }

    static Reading global(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(1);
        return whole(node, LinearOperators.spatial(node, scope), graph);
    }

    /** The same written as a mean over rows and columns. */
    static Reading mean(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axes", "keepdims", "noop_with_empty_axes");
        node.allowInputs(2);
        Signal input = LinearOperators.spatial(node, scope);
        if (!ShapeOperators.mapAxes(ShapeArithmetic.axes(node, scope))) {
            throw new Refusal("only the mean over rows and columns is supported");
        }
        Reading pooled = whole(node, input, graph);
        boolean keeps = node.integer("keepdims", 1) != 0;
        return keeps || !(pooled.value() instanceof Signal signal)
                ? pooled
                : new Reading(signal.flattened(), pooled.outcome(), pooled.note());
    }

    private static Reading whole(OnnxNode node, Signal input, GraphBuilder graph) {
        int height = input.shape().extent(0);
        int width = input.shape().extent(1);
        if (height != width) {
            throw new Refusal(
                    "it averages " + height + "x" + width + ", but windows must be square; use square images");
        }
        return pooled(node, input, graph, height, height);
    }

    /** Reads windows of one value alone; larger ones are not imported yet. */
    static Reading max(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides");
        node.allowInputs(1);
        Signal input = LinearOperators.spatial(node, scope);
        List<Integer> kernel = Windows.kernelShape(node);
        if (!kernel.equals(List.of(1, 1))) {
            throw new Refusal("the maximum over " + kernel
                    + " is not imported yet; train with average pooling or strided convolutions instead");
        }
        return pool(node, input, graph);
    }

    private static Reading pool(OnnxNode node, Signal input, GraphBuilder graph) {
        List<Integer> kernel = Windows.kernelShape(node);
        Windows windows = Windows.of(node, input.shape(), kernel);
        if (windows.kernelHeight() != windows.kernelWidth()) {
            throw new Refusal("its windows " + kernel + " are not square");
        }
        if (windows.padded()) {
            throw new Refusal("its input is padded; only pooling without padding is supported");
        }
        boolean whole = remainder(input, windows, 0) == 0 && remainder(input, windows, 1) == 0;
        if (node.integer("ceil_mode", 0) != 0 && !whole) {
            throw new Refusal("its last windows are cut off (ceil_mode); only whole windows are supported");
        }
        return pooled(node, input, graph, windows.kernelHeight(), windows.stride());
    }

    private static int remainder(Signal input, Windows windows, int axis) {
        return (input.shape().extent(axis) - windows.kernelHeight()) % windows.stride();
    }

    private static Reading pooled(OnnxNode node, Signal input, GraphBuilder graph, int kernel, int stride) {
        int height = input.shape().extent(0);
        int width = input.shape().extent(1);
        if (kernel == 1 && stride == 1 || height == 1 && width == 1 && kernel == 1) {
            return Reading.folded(input, "windows of one value change nothing");
        }
        PoolGeometry geometry = new PoolGeometry(height, width, input.channels(), kernel, stride);
        Op op = new Op.AveragePool(geometry);
        Signal output = graph.append(node.name(), op, List.of(input), geometry.outputShape(), false);
        return Reading.converted(output, "average pooling " + kernel + "x" + kernel + ", stride " + stride);
    }
}
