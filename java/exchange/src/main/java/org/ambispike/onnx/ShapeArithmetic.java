package org.ambispike.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** How exporters compute the extents for Reshape, as in {@code x.view(x.size(0), -1)}: all of it is known beforehand. */
final class ShapeArithmetic {
    /** Stands for the number of images where that may vary; no extent that a file may have. */
    static final double BATCH = -1e9;

    private ShapeArithmetic() {}

    static Reading shape(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(1);
        Signal input = scope.signal(node, 0);
        double[] extents = input.spatial()
                ? new double[] {
                    BATCH,
                    input.channels(),
                    input.shape().extent(0),
                    input.shape().extent(1)
                }
                : new double[] {BATCH, input.shape().elements()};
        return constant(extents, false);
    }

    static Reading gather(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axis");
        node.allowInputs(2);
        double[] values = extents(node, scope, 0);
        OnnxTensor indices = scope.constant(node, 1);
        if (node.integer("axis", 0) != 0 || indices.extents().size() > 1) {
            throw new Refusal("only extents of a shape can be gathered");
        }
        double[] chosen = Arrays.stream(indices.values())
                .map(index -> at(values, index < 0 ? index + values.length : index))
                .toArray();
        return constant(chosen, indices.extents().isEmpty());
    }

    private static double at(double[] values, double index) {
        if (!(index >= 0 && index < values.length)) {
            throw new Refusal("it gathers what is not there, of " + values.length + " extents");
        }
        return values[(int) index];
    }

    static Reading unsqueeze(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axes");
        node.allowInputs(2);
        OnnxTensor input = scope.constant(node, 0);
        if (!input.integers()
                || !input.extents().isEmpty()
                || !axes(node, scope).equals(List.of(0L))) {
            throw new Refusal("only one extent of a shape can be made a list");
        }
        return constant(input.values(), false);
    }

    static Reading concat(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axis");
        if (node.integer("axis", 0) != 0 || !scope.isConstant(node, 0)) {
            throw new Refusal("only extents of a shape can be put together; branches can be added, not concatenated");
        }
        double[] values = IntStream.range(0, node.inputs().size())
                .mapToObj(input -> extents(node, scope, input))
                .flatMapToDouble(DoubleStream::of)
                .toArray();
        return constant(values, false);
    }

    /** From the attribute of older opsets, or the input of newer ones. */
    static List<Long> axes(OnnxNode node, Scope scope) {
        return node.integers("axes").orElseGet(() -> scope.optional(node, 1)
                .map(given -> DoubleStream.of(given.values())
                        .mapToObj(axis -> (long) axis)
                        .toList())
                .orElse(List.of()));
    }

    private static double[] extents(OnnxNode node, Scope scope, int index) {
        OnnxTensor tensor = scope.constant(node, index);
        if (!tensor.integers() || tensor.extents().size() != 1) {
            throw new Refusal("its input " + index + " is no list of extents");
        }
        return tensor.values();
    }

    private static Reading constant(double[] values, boolean scalar) {
        return Reading.folded(new Constant(OnnxTensor.of(values, scalar, true)), "extents, known beforehand");
    }
}
