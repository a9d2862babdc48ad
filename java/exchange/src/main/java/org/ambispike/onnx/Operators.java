package org.ambispike.onnx;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;

/** What is known of ONNX's operations. */
final class Operators {
    /** Inputs of an operation that takes as many as there are. */
    private static final int ANY = Integer.MAX_VALUE;

    /** An operation, the most inputs that it has, and the attributes whose meaning is known here. */
    private record Known(Operator operator, int inputs, Set<String> attributes) {}

    private static final Map<String, Known> OPERATORS = Map.ofEntries(
            known("Abs", Arithmetic::absolute, 1, ""),
            known("Add", Arithmetic::add, 2, ""),
            known(
                    "AveragePool",
                    Pools::average,
                    1,
                    "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides"),
            known(
                    "BatchNormalization",
                    LinearOperators::batchNormalisation,
                    5,
                    "epsilon momentum training_mode spatial"),
            known("Cast", Views::cast, 1, "to saturate round_mode"),
            known("CastLike", Views::cast, 2, "saturate round_mode"),
            known("Clip", NeuronOperators::clip, 3, "min max"),
            known("Concat", Joins::concat, ANY, "axis"),
            known("Conv", Convolutions::convolution, 3, "auto_pad dilations group kernel_shape pads strides"),
            known(
                    "ConvTranspose",
                    Convolutions::transposed,
                    3,
                    "auto_pad dilations group kernel_shape output_padding output_shape pads strides"),
            known("DepthToSpace", Views::depthToSpace, 1, "blocksize mode"),
            known("Div", Arithmetic::divide, 2, ""),
            known("Dropout", Views::dropout, 3, "ratio seed is_test"),
            known("Expand", Slices::expand, 2, ""),
            known("Flatten", Views::flatten, 1, "axis"),
            known("Gather", Slices::gather, 2, "axis"),
            known("GatherND", Slices::gatherNd, 2, "batch_dims"),
            known("Gemm", LinearOperators::gemm, 3, "alpha beta transA transB"),
            known("GlobalAveragePool", Pools::globalAverage, 1, ""),
            known("GlobalMaxPool", Pools::globalMax, 1, ""),
            known("Greater", Arithmetic::compare, 2, ""),
            known("GreaterOrEqual", Arithmetic::compare, 2, ""),
            known("HardSigmoid", NeuronOperators::hardSigmoid, 1, "alpha beta"),
            known("Identity", Views::identity, 1, ""),
            known(
                    "LeakyRelu",
                    (node, graph) -> NeuronOperators.activation(node, graph, node.real("alpha", 0.01)),
                    1,
                    "alpha"),
            known("Less", Arithmetic::compare, 2, ""),
            known("LessOrEqual", Arithmetic::compare, 2, ""),
            known("LogSoftmax", Results::softmax, 1, "axis"),
            known("MatMul", LinearOperators::matMul, 2, ""),
            known("Max", (node, graph) -> Arithmetic.extreme(node, graph, true), ANY, ""),
            known("MaxPool", Pools::max, 1, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides"),
            known("Mean", Arithmetic::mean, ANY, ""),
            known("Min", (node, graph) -> Arithmetic.extreme(node, graph, false), ANY, ""),
            known("Mul", Arithmetic::multiply, 2, ""),
            known("Neg", Arithmetic::negate, 1, ""),
            known("PRelu", NeuronOperators::prelu, 2, ""),
            known("Pad", Padding::pad, 4, "mode pads value"),
            known("ReduceMax", Pools::reduceMax, 2, "axes keepdims noop_with_empty_axes"),
            known(
                    "ReduceMean",
                    (node, graph) -> Pools.reduce(node, graph, true),
                    2,
                    "axes keepdims noop_with_empty_axes"),
            known(
                    "ReduceSum",
                    (node, graph) -> Pools.reduce(node, graph, false),
                    2,
                    "axes keepdims noop_with_empty_axes"),
            known("Relu", (node, graph) -> NeuronOperators.activation(node, graph, 0), 1, ""),
            known("Reshape", Views::reshape, 2, "allowzero"),
            known("Resize", Resizing::resize, 4, Resizing.ATTRIBUTES),
            known("Shape", Views::shape, 1, "start end"),
            known("Size", Views::size, 1, ""),
            known("Slice", Slices::slice, 5, "starts ends axes"),
            known("Softmax", Results::softmax, 1, "axis"),
            known("SpaceToDepth", Views::spaceToDepth, 1, "blocksize"),
            known("Split", Slices::split, 2, "axis split num_outputs"),
            known("Squeeze", Views::squeeze, 2, "axes"),
            known("Sub", Arithmetic::subtract, 2, ""),
            known("Sum", Arithmetic::add, ANY, ""),
            known("Tile", Slices::tile, 2, ""),
            known("Transpose", Views::transpose, 1, "perm"),
            known("Unsqueeze", Views::unsqueeze, 2, "axes"),
            known("Upsample", Resizing::resize, 2, Resizing.ATTRIBUTES),
            known("Where", Arithmetic::where, 3, ""));

    private Operators() {}

    private static Map.Entry<String, Known> known(String name, Operator operator, int inputs, String attributes) {
        return Map.entry(name, new Known(operator, inputs, Set.of(attributes.split(" "))));
    }

    /**
     * Converts a node.
     *
     * @throws Refusal if it cannot be converted exactly
     * @throws Scope.Blocked if what it reads was refused
     */
    static Reading read(OnnxNode node, GraphBuilder graph, TensorReader reader) {
        if (!node.domain().isEmpty()) {
            throw new Refusal("its operation is of the domain '" + Names.printable(node.domain())
                    + "', which is not ONNX's own; export it with standard operations alone");
        }
        if (node.operation().equals("Constant")) {
            return Reading.folded(Constant.of(Folding.constant(node, reader)), "constant");
        }
        Known known = OPERATORS.get(node.operation());
        if (known == null
                && !Folding.knows(node.operation())
                && !node.operation().equals("Sigmoid")) {
            throw Refusals.unsupported(node);
        }
        boolean constant = true;
        for (int input = 0; input < node.inputs().size(); input++) {
            constant &= !node.has(input) || node.value(input) instanceof Constant;
        }
        if (constant && Folding.knows(node.operation())) {
            return Reading.folded(Constant.of(Folding.fold(node)), "known beforehand");
        }
        Optional<OnnxNode> product = Refusals.gated(node);
        if (product.isPresent()) {
            return Reading.blocked(
                    Refusals.like(graph, node.name(), node.signal(0)),
                    "it is a gate of the product '" + product.get().name() + "'");
        }
        if (known == null) {
            throw Refusals.unsupported(node);
        }
        node.allowAttributes(known.attributes());
        node.allowInputs(known.inputs());
        return known.operator().read(node, graph);
    }

    /** Whether a type of ONNX, as Cast names them, is of integers or truths. */
    static boolean isInteger(long type) {
        return type >= 2 && type <= 9 || type == 12 || type == 13;
    }
}
