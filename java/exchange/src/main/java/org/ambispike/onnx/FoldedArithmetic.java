package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Arithmetic on constants, value by value and along axes. */
final class FoldedArithmetic {
    private static final Map<String, DoubleUnaryOperator> UNARY = Map.ofEntries(
            Map.entry("Abs", Math::abs),
            Map.entry("Ceil", Math::ceil),
            Map.entry("Exp", Math::exp),
            Map.entry("Floor", Math::floor),
            Map.entry("Log", Math::log),
            Map.entry("Neg", value -> -value),
            Map.entry("Not", value -> value == 0 ? 1 : 0),
            Map.entry("Reciprocal", value -> 1 / value),
            Map.entry("Relu", value -> Math.max(0, value)),
            Map.entry("Round", Math::rint),
            Map.entry("Sign", Math::signum),
            Map.entry("Sqrt", Math::sqrt));

    private static final Map<String, DoubleBinaryOperator> BINARY = Map.ofEntries(
            Map.entry("Add", Double::sum),
            Map.entry("Div", (a, b) -> a / b),
            Map.entry("Max", Math::max),
            Map.entry("Min", Math::min),
            Map.entry("Mod", (a, b) -> a - b * Math.floor(a / b)),
            Map.entry("Mul", (a, b) -> a * b),
            Map.entry("Pow", Math::pow),
            Map.entry("Sub", (a, b) -> a - b),
            Map.entry("Sum", Double::sum));

    private static final Map<String, DoubleBinaryOperator> COMPARISONS = Map.of(
            "And", (a, b) -> a != 0 && b != 0 ? 1 : 0,
            "Equal", (a, b) -> a == b ? 1 : 0,
            "Greater", (a, b) -> a > b ? 1 : 0,
            "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0,
            "Less", (a, b) -> a < b ? 1 : 0,
            "LessOrEqual", (a, b) -> a <= b ? 1 : 0,
            "Or", (a, b) -> a != 0 || b != 0 ? 1 : 0);

    private static final Map<String, DoubleBinaryOperator> REDUCTIONS = Map.of(
            "ReduceL1", Double::sum,
            "ReduceL2", Math::hypot,
            "ReduceMax", Math::max,
            "ReduceMean", Double::sum,
            "ReduceMin", Math::min,
            "ReduceProd", (a, b) -> a * b,
            "ReduceSum", Double::sum);

    private FoldedArithmetic() {}

    static boolean knows(String operation) {
        return UNARY.containsKey(operation)
                || BINARY.containsKey(operation)
                || COMPARISONS.containsKey(operation)
                || REDUCTIONS.containsKey(operation)
                || Set.of("Where", "DequantizeLinear").contains(operation);
    }

    static OnnxTensor fold(OnnxNode node) {
        String operation = node.operation();
        OnnxTensor first = node.constant(0);
        if (UNARY.containsKey(operation)) {
            DoubleUnaryOperator operator = UNARY.get(operation);
            return OnnxTensor.computed(
                    first.extents(), first.integers(), index -> operator.applyAsDouble(first.at(index)));
        } else if (operation.equals("Where")) {
            return where(first, node.constant(1), node.constant(2));
        } else if (operation.equals("DequantizeLinear")) {
            return dequantised(node);
        } else if (REDUCTIONS.containsKey(operation)) {
            return reduced(node, first);
        } else if (COMPARISONS.containsKey(operation)) {
            return binary(first, node.constant(1), true, COMPARISONS.get(operation));
        }
        DoubleBinaryOperator operator = BINARY.get(operation);
        OnnxTensor result = first;
        for (int input = 1; input < node.inputs().size(); input++) {
            OnnxTensor next = node.constant(input);
            boolean integers = first.integers() && (next.integers() || operation.equals("Pow"));
            boolean whole = integers && operation.equals("Div");
            result = binary(result, next, integers, whole ? (a, b) -> truncated(a / b) : operator);
        }
        return result;
    }

    private static double truncated(double quotient) {
        if (!Double.isFinite(quotient)) {
            throw new Refusal("it divides by 0");
        }
        return quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
    }

    private static OnnxTensor binary(
            OnnxTensor first, OnnxTensor second, boolean integers, DoubleBinaryOperator operator) {
        List<Integer> extents = broadcast(List.of(first.extents(), second.extents()));
        OnnxTensor.computable(extents);
        OnnxTensor a = Folding.broadcast(first, extents);
        OnnxTensor b = Folding.broadcast(second, extents);
        return OnnxTensor.computed(extents, integers, index -> operator.applyAsDouble(a.at(index), b.at(index)));
    }

    private static OnnxTensor where(OnnxTensor condition, OnnxTensor first, OnnxTensor second) {
        List<Integer> extents = broadcast(List.of(condition.extents(), first.extents(), second.extents()));
        OnnxTensor.computable(extents);
        OnnxTensor test = Folding.broadcast(condition, extents);
        OnnxTensor a = Folding.broadcast(first, extents);
        OnnxTensor b = Folding.broadcast(second, extents);
        return OnnxTensor.computed(extents, first.integers(), index -> test.at(index) != 0 ? a.at(index) : b.at(index));
    }

    /** (x - zero) scale: weights that were quantised, for the float network. */
    private static OnnxTensor dequantised(OnnxNode node) {
        OnnxTensor values = node.constant(0);
        int axis = Slices.axis(node.integer("axis", 1), Math.max(1, values.rank()));
        OnnxTensor scale = aligned(node.constant(1), axis, values.rank());
        OnnxTensor shifted = node.has(2)
                ? binary(values, aligned(node.constant(2), axis, values.rank()), true, (a, b) -> a - b)
                : values;
        return binary(shifted, scale, false, (a, b) -> a * b);
    }

    private static OnnxTensor aligned(OnnxTensor given, int axis, int rank) {
        if (given.size() == 1 || given.rank() != 1) {
            return given;
        }
        List<Integer> extents = new ArrayList<>(Collections.nCopies(rank, 1));
        extents.set(axis, given.size());
        return given.reshaped(extents);
    }

    private static OnnxTensor reduced(OnnxNode node, OnnxTensor input) {
        List<Integer> axes = new ArrayList<>();
        node.integers("axes", 1)
                .orElseGet(() -> IntStream.range(0, input.rank())
                        .mapToObj(axis -> (long) axis)
                        .toList())
                .forEach(axis -> axes.add(Slices.axis(axis, input.rank())));
        DoubleBinaryOperator operator = REDUCTIONS.get(node.operation());
        OnnxTensor result = input;
        for (int axis : axes) {
            OnnxTensor wide = result;
            List<Integer> extents = new ArrayList<>(wide.extents());
            int extent = extents.set(axis, 1);
            if (extent == 0) {
                throw new Refusal("it reduces an empty constant");
            }
            int inner = extents.subList(axis + 1, extents.size()).stream().reduce(1, (a, b) -> a * b);
            boolean mean = node.operation().equals("ReduceMean");
            boolean norm = node.operation().startsWith("ReduceL");
            result = OnnxTensor.computed(extents, wide.integers(), index -> {
                int start = index / inner * extent * inner + index % inner;
                double value = IntStream.range(0, extent)
                        .mapToDouble(place -> wide.at(start + place * inner))
                        .map(each -> norm ? Math.abs(each) : each)
                        .reduce(operator)
                        .orElseThrow();
                return mean ? value / extent : value;
            });
        }
        if (node.integer("keepdims", 1) != 0) {
            return result;
        }
        OnnxTensor kept = result;
        return kept.reshaped(IntStream.range(0, input.rank())
                .filter(axis -> !axes.contains(axis))
                .mapToObj(kept.extents()::get)
                .toList());
    }

    /** The extents that several broadcast to. */
    static List<Integer> broadcast(List<List<Integer>> all) {
        int rank = all.stream().mapToInt(List::size).max().orElse(0);
        List<Integer> result = new ArrayList<>(Collections.nCopies(rank, 1));
        for (List<Integer> extents : all) {
            for (int axis = 0; axis < extents.size(); axis++) {
                int place = axis + rank - extents.size();
                int extent = extents.get(axis);
                if (result.get(place) == 1) {
                    result.set(place, extent);
                } else if (extent != 1 && extent != result.get(place)) {
                    throw new Refusal("its inputs have the extents " + all + ", which do not fit together");
                }
            }
        }
        return result;
    }
}
