package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** What adds, passes on or views values. */
final class ShapeOperators {
    private ShapeOperators() {}

    static Reading add(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(2);
        boolean firstConstant = scope.isConstant(node, 0);
        if (firstConstant || scope.isConstant(node, 1)) {
            Signal input = scope.signal(node, firstConstant ? 1 : 0);
            return addConstant(node, graph, input, scope.constant(node, firstConstant ? 0 : 1));
        }
        Signal first = scope.signal(node, 0);
        Signal second = scope.signal(node, 1);
        if (!first.shape().equals(second.shape()) || first.spatial() != second.spatial()) {
            throw new Refusal("it adds " + first.shape() + " and " + second.shape()
                    + "; only sums of equal shapes are supported");
        }
        Signal sum = graph.append(node.name(), new Op.Add(), List.of(first, second), first.shape(), first.flat());
        return Reading.converted(sum, "sum of " + first.node() + " and " + second.node());
    }

    private static Reading addConstant(OnnxNode node, GraphBuilder graph, Signal input, OnnxTensor constant) {
        double[] shift = new double[input.channels()];
        double[] scale = new double[shift.length];
        Arrays.fill(scale, 1);
        double[] values = constant.values();
        if (values.length != 1 && !byChannel(input, constant.extents())) {
            throw new Refusal("it adds a constant " + constant.extents()
                    + "; only one value, or one for each channel, is supported");
        }
        Arrays.setAll(shift, channel -> values[values.length == 1 ? 0 : channel]);
        return LinearOperators.affine(node, graph, input, scale, shift);
    }

    /** [C, 1, 1] or [F], and the same after extents of 1. */
    private static boolean byChannel(Signal input, List<Integer> extents) {
        int trailing = input.spatial() ? 2 : 0;
        int channels = extents.size() - 1 - trailing;
        for (int axis = 0; axis < extents.size(); axis++) {
            if (axis != channels && extents.get(axis) != 1) {
                return false;
            }
        }
        return channels >= 0 && extents.get(channels) == input.channels();
    }

    static Reading identity(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(1);
        boolean constant = scope.isConstant(node, 0);
        return Reading.folded(constant ? scope.value(node.input(0)) : scope.signal(node, 0), "passes its input on");
    }

    /** Padding of nothing, which some exporters put before every average pooling. */
    static Reading pad(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("mode");
        node.allowInputs(4);
        Signal input = scope.signal(node, 0);
        double[] pads = scope.constant(node, 1).values();
        if (Arrays.stream(pads).anyMatch(pad -> pad != 0)) {
            throw new Refusal("it pads its input by " + Arrays.toString(pads)
                    + "; only the padding of a convolution itself is supported");
        }
        return Reading.folded(input, "pads nothing");
    }

    static Reading dropout(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("ratio", "seed");
        node.allowInputs(3);
        Signal input = scope.signal(node, 0);
        if (scope.optional(node, 2).filter(mode -> mode.values()[0] != 0).isPresent()) {
            throw new Refusal("it is in training mode; export the network for inference");
        }
        double ratio = scope.optional(node, 1)
                .map(given -> OnnxNode.decimal((float) given.values()[0]))
                .orElseGet(() -> node.real("ratio", 0.5));
        if (!(ratio >= 0 && ratio < 1)) {
            throw new Refusal("its ratio is " + ratio + ", expected one in [0, 1)");
        }
        Signal output = graph.append(node.name(), new Op.Dropout(ratio), List.of(input), input.shape(), input.flat());
        return Reading.converted(output, "dropout of " + ratio + ", active in training only");
    }

    static Reading constant(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("value", "value_float", "value_floats", "value_int", "value_ints");
        Optional<AttributeProto> value = node.any("value");
        OnnxTensor tensor = value.isPresent() ? OnnxTensor.read(value.get().getT()) : listed(node);
        return Reading.folded(new Constant(tensor), "constant " + tensor.extents());
    }

    private static OnnxTensor listed(OnnxNode node) {
        for (String key : List.of("value_float", "value_floats", "value_int", "value_ints")) {
            Optional<AttributeProto> found = node.any(key);
            if (found.isPresent()) {
                AttributeProto attribute = found.get();
                double[] values =
                        switch (key) {
                            case "value_float" -> new double[] {attribute.getF()};
                            case "value_int" -> new double[] {attribute.getI()};
                            case "value_floats" -> attribute.getFloatsList().stream()
                                    .mapToDouble(Float::doubleValue)
                                    .toArray();
                            default -> attribute.getIntsList().stream()
                                    .mapToDouble(Long::doubleValue)
                                    .toArray();
                        };
                return OnnxTensor.of(values, !key.endsWith("s"), key.startsWith("value_int"));
            }
        }
        throw new Refusal("it has no value");
    }

    static Reading flatten(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axis");
        node.allowInputs(1);
        Signal input = scope.signal(node, 0);
        long rank = input.spatial() ? 4 : 2;
        long axis = node.integer("axis", 1);
        if (axis != 1 && axis != 1 - rank) {
            throw new Refusal("its axis is " + axis + "; only that of the channels, 1, is supported");
        }
        return Reading.folded(input.flattened(), "linear layers read maps as they are");
    }

    /** Drops the last two extents, both 1. */
    static Reading squeeze(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("axes");
        node.allowInputs(2);
        Signal input = LinearOperators.spatial(node, scope);
        if (input.area() != 1 || !mapAxes(ShapeArithmetic.axes(node, scope))) {
            throw new Refusal("it drops other extents than those of 1x1 maps");
        }
        return Reading.folded(input.flattened(), "linear layers read maps as they are");
    }

    /** Whether these are the axes of rows and columns. */
    static boolean mapAxes(List<Long> axes) {
        return axes.equals(List.of(2L, 3L)) || axes.equals(List.of(-2L, -1L)) || axes.equals(List.of(-1L, -2L));
    }

    static Reading reshape(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("allowzero");
        node.allowInputs(2);
        Signal input = scope.signal(node, 0);
        List<Long> target = new ArrayList<>();
        for (double extent : scope.constant(node, 1).values()) {
            target.add((long) extent);
        }
        Shape shape = input.shape();
        List<Long> now = input.spatial()
                ? List.of((long) shape.extent(2), (long) shape.extent(0), (long) shape.extent(1))
                : List.of(shape.elements());
        boolean zeroKeeps = node.integer("allowzero", 0) == 0;
        boolean oneUnknown = target.stream().filter(extent -> extent == -1).count() <= 1;
        if (target.size() >= 2 && oneUnknown && isBatch(target.get(0), zeroKeeps, scope)) {
            List<Long> rest = resolved(target.subList(1, target.size()), now, shape.elements(), zeroKeeps);
            if (rest.equals(now)) {
                return Reading.folded(input, "changes no shape");
            }
            if (rest.equals(List.of(shape.elements()))) {
                return Reading.folded(input.flattened(), "flattens; linear layers read maps as they are");
            }
        }
        throw new Refusal(
                "it reshapes [N, " + now + "] to " + target + "; only flattening all but the batch is supported");
    }

    private static boolean isBatch(long extent, boolean zeroKeeps, Scope scope) {
        return extent == -1 || extent == 0 && zeroKeeps || scope.isBatch(extent) || extent == ShapeArithmetic.BATCH;
    }

    private static List<Long> resolved(List<Long> target, List<Long> now, long elements, boolean zeroKeeps) {
        List<Long> extents = new ArrayList<>();
        long known = 1;
        for (int axis = 0; axis < target.size(); axis++) {
            long extent = target.get(axis) == 0 && zeroKeeps && axis < now.size() ? now.get(axis) : target.get(axis);
            extents.add(extent);
            known = extent == -1 ? known : Math.multiplyExact(known, extent);
        }
        long missing = known > 0 ? elements / known : 0;
        extents.replaceAll(extent -> extent == -1 ? missing : extent);
        return extents;
    }
}
