package org.ambispike.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ambispike.graph.Op;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** What moves no value: other views of a node. */
final class Views {
    private static final String VIEWED = "another view of its input";

    private Views() {}

    static Reading identity(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        return Reading.folded(input, "passes its input on");
    }

    static Reading cast(OnnxNode node, GraphBuilder graph) {
        if (node.operation().equals("Cast") && Operators.isInteger(node.integer("to", 1))) {
            throw new Refusal("it rounds values to integers; export the network in float32, not quantised");
        }
        return identity(node, graph);
    }

    static Reading dropout(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        if (node.optional(2).filter(mode -> mode.at(0) != 0).isPresent()) {
            throw new Refusal("it is in training mode; export the network for inference");
        }
        double ratio = node.optional(1)
                .map(given -> OnnxNode.decimal((float) given.one()))
                .orElseGet(() -> node.real("ratio", 0.5));
        if (!(ratio >= 0 && ratio < 1)) {
            throw new Refusal("its ratio is " + ratio + ", expected one in [0, 1)");
        }
        String output = graph.append(node.name(), new Op.Dropout(ratio), List.of(input.node()));
        return Reading.converted(input.at(output), "dropout of " + ratio + ", active in training only");
    }

    static Reading shape(OnnxNode node, GraphBuilder graph) {
        OnnxTensor extents = Folding.shape(node, node.signal(0).view().extents());
        return Reading.folded(Constant.of(extents), "extents, known beforehand");
    }

    static Reading size(OnnxNode node, GraphBuilder graph) {
        double size = node.signal(0).view().extents().stream()
                .mapToDouble(Long::doubleValue)
                .reduce(1, (a, b) -> a * b);
        return Reading.folded(Constant.of(OnnxTensor.of(new double[] {size}, true, true)), "known beforehand");
    }

    static Reading flatten(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Long> extents = input.view().extents();
        long given = node.integer("axis", 1);
        int axis = given == extents.size() ? extents.size() : input.view().axis(given);
        long rows = extents.subList(0, axis).stream().reduce(1L, Math::multiplyExact);
        long columns = extents.subList(axis, extents.size()).stream().reduce(1L, Math::multiplyExact);
        return reshaped(graph, node, input, List.of(rows, columns));
    }

    static Reading reshape(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        long[] wanted = node.constant(1).longs();
        View view = input.view();
        boolean openBatch = view.batch().extent() == Images.OPEN_BATCH;
        List<Long> target = Folding.target(node, wanted, view.extents());
        if (openBatch && wanted.length > 0 && wanted[0] == 1 && view.extent(0) == Images.OPEN_BATCH) {
            // exported for one image, though the input is said to be open
            long[] open = wanted.clone();
            open[0] = Images.OPEN_BATCH;
            target = Folding.target(node, open, view.extents());
        }
        return reshaped(graph, node, input, target);
    }

    private static Reading reshaped(GraphBuilder graph, OnnxNode node, Signal input, List<Long> target) {
        long total = target.stream().reduce(1L, Math::multiplyExact);
        if (total != input.view().extents().stream().reduce(1L, Math::multiplyExact)) {
            throw new Refusal("it reshapes " + input.text() + " to "
                    + input.view().text(target) + ", which has another number of values");
        }
        return viewed(graph, node, input, view -> view.reshaped(target));
    }

    /** Another view; where it would cut across axes that were put together, they are brought into order first. */
    private static Reading viewed(GraphBuilder graph, OnnxNode node, Signal input, UnaryOperator<View> change) {
        try {
            return Reading.folded(input.seen(change.apply(input.view())), VIEWED);
        } catch (Refusal e) {
            if (!e.isAboutLayout() || input.view().rank() > 4) {
                throw e;
            }
            Signal arranged = Layouts.arranged(graph, node.name(), input, Layouts.Roles.natural(input));
            return Reading.converted(arranged.seen(change.apply(arranged.view())), "other order of channels");
        }
    }

    static Reading squeeze(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        Optional<List<Long>> given = node.integers("axes", 1);
        Set<Integer> dropped = new HashSet<>(input.view().axes(given));
        dropped.removeIf(axis -> given.isEmpty() && input.view().extent(axis) != 1);
        return Reading.folded(input.seen(input.view().without(dropped)), VIEWED);
    }

    static Reading unsqueeze(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Long> axes = node.integers("axes", 1).orElseThrow(() -> new Refusal("it lacks axes"));
        View view = input.view();
        for (int axis : Folding.inserted(axes, view.rank())) {
            view = view.inserted(axis);
        }
        return Reading.folded(input.seen(view), VIEWED);
    }

    static Reading transpose(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        List<Integer> order = Folding.order(node, input.view().rank(), input.text());
        return Reading.folded(input.seen(input.view().transposed(order)), VIEWED);
    }

    /** [N, b b C, H, W] to [N, C, H b, W b]; in CRD order channels come before places of the block. */
    static Reading depthToSpace(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        long block = block(node);
        List<Long> extents = map(input);
        long channels = extents.get(1) / (block * block);
        long high = extents.get(2);
        long wide = extents.get(3);
        boolean channelsFirst = node.text("mode", "DCR").equals("CRD");
        List<Long> parts = channelsFirst
                ? List.of(extents.get(0), channels, block, block, high, wide)
                : List.of(extents.get(0), block, block, channels, high, wide);
        List<Integer> order = channelsFirst ? List.of(0, 1, 4, 2, 5, 3) : List.of(0, 3, 4, 1, 5, 2);
        return viewed(graph, node, input, view -> view.reshaped(parts)
                .transposed(order)
                .reshaped(List.of(extents.get(0), channels, high * block, wide * block)));
    }

    static Reading spaceToDepth(OnnxNode node, GraphBuilder graph) {
        Signal input = node.signal(0);
        long block = block(node);
        List<Long> extents = map(input);
        long channels = extents.get(1);
        long high = extents.get(2) / block;
        long wide = extents.get(3) / block;
        return viewed(
                graph, node, input, view -> view.reshaped(List.of(extents.get(0), channels, high, block, wide, block))
                        .transposed(List.of(0, 3, 5, 1, 2, 4))
                        .reshaped(List.of(extents.get(0), channels * block * block, high, wide)));
    }

    private static long block(OnnxNode node) {
        long block = node.integer("blocksize", 0);
        if (block < 1 || block > 1 << 15) {
            throw new Refusal("its blocksize is " + block);
        }
        return block;
    }

    private static List<Long> map(Signal input) {
        if (input.view().rank() != 4) {
            throw new Refusal("it reads " + input.text() + ", expected [N, C, H, W]");
        }
        return input.view().extents();
    }
}
