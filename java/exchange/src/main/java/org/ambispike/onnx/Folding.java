package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Nodes whose inputs are all constants: shapes that exporters compute, and weights that they move. */
final class Folding {
    /** Computes a node. */
    private interface Folder extends Function<OnnxNode, OnnxTensor> {}

    private static final Map<String, Folder> FOLDERS = Map.ofEntries(
            Map.entry("Cast", Folding::cast),
            Map.entry(
                    "CastLike",
                    (node) -> castTo(node.constant(0), node.constant(1).integers())),
            Map.entry("Concat", Folding::concat),
            Map.entry("ConstantOfShape", Folding::constantOfShape),
            Map.entry("Expand", Folding::expand),
            Map.entry("Flatten", Folding::flatten),
            Map.entry("Gather", Folding::gather),
            Map.entry("Identity", (node) -> node.constant(0)),
            Map.entry("Range", Folding::range),
            Map.entry("Reshape", Folding::reshape),
            Map.entry("Shape", (node) -> shape(node, longs(node.constant(0).extents()))),
            Map.entry(
                    "Size",
                    (node) -> OnnxTensor.of(new double[] {node.constant(0).size()}, true, true)),
            Map.entry("Slice", Folding::slice),
            Map.entry("Squeeze", Folding::squeeze),
            Map.entry("Tile", Folding::tile),
            Map.entry("Transpose", Folding::transpose),
            Map.entry("Unsqueeze", Folding::unsqueeze));

    private Folding() {}

    static boolean knows(String operation) {
        return FOLDERS.containsKey(operation) || FoldedArithmetic.knows(operation);
    }

    static OnnxTensor fold(OnnxNode node) {
        Folder folder = FOLDERS.get(node.operation());
        return folder == null ? FoldedArithmetic.fold(node) : folder.apply(node);
    }

    private static List<Long> longs(List<Integer> extents) {
        return extents.stream().map(Integer::longValue).toList();
    }

    private static OnnxTensor cast(OnnxNode node) {
        return castTo(node.constant(0), Operators.isInteger(node.integer("to", 1)));
    }

    private static OnnxTensor castTo(OnnxTensor input, boolean integers) {
        boolean truncates = integers && !input.integers();
        return new OnnxTensor(
                input.extents(), truncates ? index -> (double) (long) input.at(index) : input.numbers(), integers);
    }

    /** The extents as a tensor, or some of them. */
    static OnnxTensor shape(OnnxNode node, List<Long> extents) {
        int rank = extents.size();
        int start = clamped(node.integer("start", 0), rank);
        int end = clamped(node.integer("end", rank), rank);
        double[] values = extents.subList(start, Math.max(start, end)).stream()
                .mapToDouble(Long::doubleValue)
                .toArray();
        return OnnxTensor.of(values, false, true);
    }

    private static int clamped(long index, int rank) {
        return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
    }

    /** The value of a Constant node. */
    static OnnxTensor constant(OnnxNode node, TensorReader reader) {
        node.allowAttributes(Set.of("value", "value_float", "value_floats", "value_int", "value_ints"));
        Optional<AttributeProto> value = node.any("value");
        if (value.isPresent()) {
            return reader.read(value.get().getT());
        }
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

    private static OnnxTensor constantOfShape(OnnxNode node) {
        Optional<AttributeProto> value = node.any("value");
        OnnxTensor one = value.isPresent()
                ? new TensorReader(new ExternalData(java.nio.file.Path.of("")))
                        .read(value.get().getT())
                : OnnxTensor.of(new double[] {0}, true, false);
        double number = one.one();
        return new OnnxTensor(extents(node.constant(0).longs()), index -> number, one.integers());
    }

    /** Extents that were computed; one that is the open batch is 1, for what is repeated for each image is said once. */
    static List<Integer> extents(long[] values) {
        List<Integer> extents = new ArrayList<>();
        long count = 1;
        for (long value : values) {
            long extent = value == Images.OPEN_BATCH ? 1 : value;
            count = extent < 0 || extent > Integer.MAX_VALUE ? Long.MAX_VALUE : count * extent;
            if (count > Integer.MAX_VALUE) {
                throw new Refusal("it makes a constant of the extents " + Arrays.toString(values));
            }
            extents.add((int) extent);
        }
        return extents;
    }

    /** The extents that a Reshape asks for, given those that there are. */
    static List<Long> target(OnnxNode node, long[] wanted, List<Long> now) {
        boolean zeroKeeps = node.integer("allowzero", 0) == 0;
        List<Long> target = new ArrayList<>();
        long total = now.stream().reduce(1L, Math::multiplyExact);
        long known = 1;
        int open = -1;
        for (int axis = 0; axis < wanted.length; axis++) {
            long extent = wanted[axis];
            if (extent == 0 && zeroKeeps && axis < now.size()) {
                extent = now.get(axis);
            }
            if (extent == -1 && open < 0) {
                open = axis;
            } else if (extent < 0) {
                throw new Refusal("it reshapes to " + Arrays.toString(wanted));
            } else {
                known = Math.multiplyExact(known, extent);
            }
            target.add(extent);
        }
        if (open >= 0) {
            target.set(open, known == 0 ? 0 : total / known);
        }
        return target;
    }

    private static OnnxTensor reshape(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        List<Long> target = target(node, node.constant(1).longs(), longs(input.extents()));
        return sized(input, extents(target.stream().mapToLong(Long::longValue).toArray()));
    }

    private static OnnxTensor sized(OnnxTensor input, List<Integer> extents) {
        OnnxTensor result = input.reshaped(extents);
        if (result.size() != input.size()) {
            throw new Refusal("it reshapes a constant " + input.extents() + " to " + extents);
        }
        return result;
    }

    private static OnnxTensor flatten(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        int axis = clamped(node.integer("axis", 1), input.rank());
        int rows = input.extents().subList(0, axis).stream().reduce(1, (a, b) -> a * b);
        return sized(input, List.of(rows, rows == 0 ? 0 : input.size() / rows));
    }

    private static OnnxTensor squeeze(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        Optional<List<Long>> axes = node.integers("axes", 1);
        List<Integer> extents = new ArrayList<>();
        for (int axis = 0; axis < input.rank(); axis++) {
            long before = (long) axis - input.rank();
            int extent = input.extents().get(axis);
            boolean dropped = axes.isPresent()
                    ? axes.get().contains((long) axis) || axes.get().contains(before)
                    : extent == 1;
            extents.addAll(dropped ? List.of() : List.of(extent));
        }
        return sized(input, extents);
    }

    private static OnnxTensor unsqueeze(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        List<Integer> extents = new ArrayList<>(input.extents());
        for (int axis : inserted(node.integers("axes", 1).orElse(List.of()), input.rank())) {
            extents.add(axis, 1);
        }
        return sized(input, extents);
    }

    /** The axes that Unsqueeze adds, ascending. */
    static List<Integer> inserted(List<Long> axes, int rank) {
        List<Integer> result = new ArrayList<>();
        for (long axis : axes) {
            long place = axis < 0 ? axis + rank + axes.size() : axis;
            if (place < 0 || place >= rank + axes.size() || result.contains((int) place)) {
                throw new Refusal("it adds the axes " + axes + " to " + rank);
            }
            result.add((int) place);
        }
        Collections.sort(result);
        return result;
    }

    private static OnnxTensor transpose(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        List<Integer> order = order(node, input.rank(), input.extents().toString());
        int[] strides = strides(input.extents());
        List<Integer> extents = order.stream().map(input.extents()::get).toList();
        return mapped(
                input, extents, order.stream().mapToInt(axis -> strides[axis]).toArray(), 0);
    }

    /** The order of axes that a Transpose asks for, of an input that messages describe so. */
    static List<Integer> order(OnnxNode node, int rank, String input) {
        List<Integer> axes = IntStream.range(0, rank).boxed().toList();
        List<Integer> order = node.integers("perm")
                .map(given -> given.stream().map(Math::toIntExact).toList())
                .orElse(axes.stream().sorted(Comparator.reverseOrder()).toList());
        if (!order.stream().sorted().toList().equals(axes)) {
            throw new Refusal("its perm " + order + " is no order of the axes of " + input);
        }
        return order;
    }

    static int[] strides(List<Integer> extents) {
        int[] strides = new int[extents.size()];
        int stride = 1;
        for (int axis = extents.size() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, extents.get(axis));
        }
        return strides;
    }

    /** Values of a tensor at regular places. */
    private static OnnxTensor mapped(OnnxTensor input, List<Integer> extents, int[] strides, int start) {
        int[] counts = extents.stream().mapToInt(Integer::intValue).toArray();
        return OnnxTensor.moved(extents, input.integers(), index -> {
            int place = start;
            int rest = index;
            for (int axis = counts.length - 1; axis >= 0; axis--) {
                place += rest % counts[axis] * strides[axis];
                rest /= counts[axis];
            }
            return input.at(place);
        });
    }

    private static OnnxTensor expand(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        List<Integer> wanted = extents(node.constant(1).longs());
        return broadcast(input, FoldedArithmetic.broadcast(List.of(input.extents(), wanted)));
    }

    static OnnxTensor broadcast(OnnxTensor input, List<Integer> extents) {
        if (input.extents().equals(extents)) {
            return input;
        }
        int[] given = strides(input.extents());
        int[] strides = new int[extents.size()];
        for (int axis = 0; axis < input.rank(); axis++) {
            boolean repeated = input.extents().get(axis) == 1;
            strides[axis + extents.size() - input.rank()] = repeated ? 0 : given[axis];
        }
        return mapped(input, extents, strides, 0);
    }

    private static OnnxTensor tile(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        List<Integer> repeats = extents(node.constant(1).longs());
        OnnxTensor result = input;
        for (int axis = 0; axis < input.rank() && repeats.size() == input.rank(); axis++) {
            int extent = input.extents().get(axis);
            result = chosen(
                    result,
                    axis,
                    IntStream.range(0, Math.multiplyExact(extent, repeats.get(axis)))
                            .map(place -> place % extent)
                            .toArray());
        }
        return result;
    }

    /** Some places along one axis. */
    static OnnxTensor chosen(OnnxTensor input, int axis, int[] places) {
        List<Integer> extents = new ArrayList<>(input.extents());
        int extent = extents.get(axis);
        extents.set(axis, places.length);
        int inner = extents.subList(axis + 1, extents.size()).stream().reduce(1, (a, b) -> a * b);
        OnnxTensor.computable(extents);
        return OnnxTensor.moved(extents, input.integers(), index -> {
            int block = index / inner / places.length;
            return input.at((block * extent + places[index / inner % places.length]) * inner + index % inner);
        });
    }

    private static OnnxTensor slice(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        OnnxTensor result = input;
        for (Slices.Cut cut : Slices.cuts(node, longs(input.extents()))) {
            result = chosen(result, cut.axis(), cut.places());
        }
        return result;
    }

    private static OnnxTensor gather(OnnxNode node) {
        OnnxTensor input = node.constant(0);
        OnnxTensor indices = node.constant(1);
        int axis = Slices.axis(node.integer("axis", 0), input.rank());
        OnnxTensor chosen =
                chosen(input, axis, Slices.indices(indices, input.extents().get(axis)));
        List<Integer> extents = new ArrayList<>(input.extents().subList(0, axis));
        extents.addAll(indices.extents());
        extents.addAll(input.extents().subList(axis + 1, input.rank()));
        return sized(chosen, extents);
    }

    private static OnnxTensor range(OnnxNode node) {
        double start = node.constant(0).one();
        double limit = node.constant(1).one();
        double step = node.constant(2).one();
        double count = Math.max(0, Math.ceil((limit - start) / step));
        if (!(count <= OnnxTensor.MOST_COMPUTED)) {
            throw new Refusal("it counts from " + start + " to " + limit + " by " + step);
        }
        boolean integers = node.constant(0).integers();
        return OnnxTensor.computed(List.of((int) count), integers, index -> start + index * step);
    }

    private static OnnxTensor concat(OnnxNode node) {
        List<OnnxTensor> parts = IntStream.range(0, node.inputs().size())
                .mapToObj(input -> node.constant(input))
                .toList();
        OnnxTensor first = parts.get(0);
        int axis = Slices.axis(node.integer("axis", 0), first.rank());
        int inner = first.extents().subList(axis + 1, first.rank()).stream().reduce(1, (a, b) -> a * b);
        List<Integer> extents = new ArrayList<>(first.extents());
        int total = parts.stream().mapToInt(part -> part.extents().get(axis)).reduce(0, Math::addExact);
        extents.set(axis, total);
        double[] values = new double[OnnxTensor.computable(extents)];
        int start = 0;
        for (OnnxTensor part : parts) {
            int length = part.extents().get(axis) * inner;
            for (int index = 0; index < part.size(); index++) {
                values[index / length * total * inner + start + index % length] = part.at(index);
            }
            start += length;
        }
        return OnnxTensor.of(extents, values, first.integers());
    }
}
