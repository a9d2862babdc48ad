package org.ambispike.onnx;

import java.util.Map;
import java.util.Optional;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;

/** What is known of ONNX's operations. */
final class Operators {
    private static final Map<String, Operator> OPERATORS = Map.ofEntries(
            Map.entry("Abs", Arithmetic::absolute),
            Map.entry("Add", Arithmetic::add),
            Map.entry("AveragePool", Pools::average),
            Map.entry("BatchNormalization", LinearOperators::batchNormalisation),
            Map.entry("Cast", Views::cast),
            Map.entry("CastLike", Views::cast),
            Map.entry("Clip", NeuronOperators::clip),
            Map.entry("Concat", Joins::concat),
            Map.entry("Conv", Convolutions::convolution),
            Map.entry("ConvTranspose", Convolutions::transposed),
            Map.entry("DepthToSpace", Views::depthToSpace),
            Map.entry("Div", Arithmetic::divide),
            Map.entry("Dropout", Views::dropout),
            Map.entry("Expand", Slices::expand),
            Map.entry("Flatten", Views::flatten),
            Map.entry("Gather", Slices::gather),
            Map.entry("GatherND", Slices::gatherNd),
            Map.entry("Gemm", LinearOperators::gemm),
            Map.entry("GlobalAveragePool", Pools::globalAverage),
            Map.entry("GlobalMaxPool", Pools::globalMax),
            Map.entry("Greater", Arithmetic::compare),
            Map.entry("GreaterOrEqual", Arithmetic::compare),
            Map.entry("HardSigmoid", NeuronOperators::hardSigmoid),
            Map.entry("Identity", Views::identity),
            Map.entry("LeakyRelu", NeuronOperators::leakyRelu),
            Map.entry("Less", Arithmetic::compare),
            Map.entry("LessOrEqual", Arithmetic::compare),
            Map.entry("LogSoftmax", Results::softmax),
            Map.entry("MatMul", LinearOperators::matMul),
            Map.entry("Max", Arithmetic::largest),
            Map.entry("MaxPool", Pools::max),
            Map.entry("Mean", Arithmetic::mean),
            Map.entry("Min", Arithmetic::smallest),
            Map.entry("Mul", Arithmetic::multiply),
            Map.entry("Neg", Arithmetic::negate),
            Map.entry("PRelu", NeuronOperators::prelu),
            Map.entry("Pad", Padding::pad),
            Map.entry("ReduceMax", Pools::reduceMax),
            Map.entry("ReduceMean", Pools::reduceMean),
            Map.entry("ReduceSum", Pools::reduceSum),
            Map.entry("Relu", NeuronOperators::relu),
            Map.entry("Reshape", Views::reshape),
            Map.entry("Resize", Resizing::resize),
            Map.entry("Shape", Views::shape),
            Map.entry("Size", Views::size),
            Map.entry("Slice", Slices::slice),
            Map.entry("Softmax", Results::softmax),
            Map.entry("SpaceToDepth", Views::spaceToDepth),
            Map.entry("Split", Slices::split),
            Map.entry("Squeeze", Views::squeeze),
            Map.entry("Sub", Arithmetic::subtract),
            Map.entry("Sum", Arithmetic::add),
            Map.entry("Tile", Slices::tile),
            Map.entry("Transpose", Views::transpose),
            Map.entry("Unsqueeze", Views::unsqueeze),
            Map.entry("Upsample", Resizing::resize),
            Map.entry("Where", Arithmetic::where));

    private Operators() {}

    /**
     * Converts a node.
     *
     * @throws Refusal if it cannot be converted exactly
     * @throws Scope.Blocked if what it reads was refused
     */
    static Reading read(OnnxNode node, Scope scope, GraphBuilder graph, TensorReader reader) {
        if (!node.domain().isEmpty()) {
            throw new Refusal("its operation is of the domain '" + Names.printable(node.domain())
                    + "', which is not ONNX's own; export it with standard operations alone");
        }
        if (node.operation().equals("Constant")) {
            return Reading.folded(Constant.of(Folding.constant(node, reader)), "constant");
        }
        Operator operator = OPERATORS.get(node.operation());
        if (operator == null
                && !Folding.knows(node.operation())
                && !node.operation().equals("Sigmoid")) {
            throw Refusals.unsupported(node, scope);
        }
        boolean constant = true;
        for (int input = 0; input < node.inputs().size(); input++) {
            constant &= !node.has(input) || scope.value(node, input) instanceof Constant;
        }
        if (constant && Folding.knows(node.operation())) {
            return Reading.folded(Constant.of(Folding.fold(node, scope)), "known beforehand");
        }
        Optional<OnnxNode> product = Refusals.gated(node, scope);
        if (product.isPresent()) {
            return Reading.blocked(
                    Refusals.like(graph, node.name(), scope.signal(node, 0)),
                    "it is a gate of the product '" + product.get().name() + "'");
        }
        if (operator == null) {
            throw Refusals.unsupported(node, scope);
        }
        return operator.read(node, scope, graph);
    }

    /** Whether a type of ONNX, as Cast names them, is of integers or truths. */
    static boolean isInteger(long type) {
        return type >= 2 && type <= 9 || type == 12 || type == 13;
    }
}
