package org.ambispike.onnx;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.View.Part;

/**
 * How the network's input is seen: what its axes are is read off the operations that follow.
 *
 * @param shape [H, W, C]; a signal is a map of one row, and F features are the pixels of one row
 */
record Images(Shape shape, View view) {
    /** Stands for the number of images where it may vary: a prime larger than any extent, so that it is known again in sums. */
    static final long OPEN_BATCH = 16_777_213;

    private static final Set<String> PLACE_BY_PLACE = Set.of(
            "Add", "Cast", "Clip", "Div", "Dropout", "Identity", "LeakyRelu", "Mul", "Neg", "Pad", "Relu", "Sub");

    /** An input has channels last if the first operation to care brings them to the front. */
    private static final List<Long> TO_FRONT = List.of(0L, 3L, 1L, 2L);

    private static final int MOST_OF_COLOUR = 4;

    static Images of(OnnxFile file, Scope scope, TensorReader reader) {
        List<Integer> extents = file.extents();
        Part batch = Part.batch(file.batch().orElse(OPEN_BATCH));
        Optional<OnnxNode> first = firstToCare(file.input(), scope);
        if (extents.size() == 1) {
            return features(extents.get(0), batch, first, file, reader);
        } else if (extents.size() == 2) {
            if (first.filter(node -> node.operation().equals("Unsqueeze")).isPresent()) {
                return map(batch, Shape.of(extents.get(0), extents.get(1), 1), 3, -1, 1, 2);
            }
            boolean last =
                    first.filter(node -> node.operation().equals("Transpose")).isPresent();
            return last
                    ? map(batch, Shape.of(1, extents.get(0), extents.get(1)), 3, 2, -1, 1)
                    : map(batch, Shape.of(1, extents.get(1), extents.get(0)), 3, 1, -1, 2);
        }
        return channelsLast(first, extents)
                ? map(batch, Shape.of(extents.get(0), extents.get(1), extents.get(2)), 4, 3, 1, 2)
                : map(batch, Shape.of(extents.get(1), extents.get(2), extents.get(0)), 4, 1, 2, 3);
    }

    private static Images map(Part batch, Shape shape, int rank, int channels, int rows, int columns) {
        return new Images(shape, View.of(rank, batch, shape, channels, rows, columns));
    }

    private static Optional<OnnxNode> firstToCare(String input, Scope scope) {
        Deque<String> open = new ArrayDeque<>(List.of(input));
        Set<String> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            for (OnnxNode node : scope.readers(open.remove())) {
                if (!PLACE_BY_PLACE.contains(node.operation())
                        && !node.operation().equals("Shape")) {
                    return Optional.of(node);
                }
                node.outputs().stream().filter(seen::add).forEach(open::add);
            }
        }
        return Optional.empty();
    }

    private static boolean channelsLast(Optional<OnnxNode> first, List<Integer> extents) {
        if (first.isPresent() && first.get().operation().equals("Transpose")) {
            return first.get().integers("perm").filter(TO_FRONT::equals).isPresent();
        }
        boolean open = first.isEmpty()
                || Set.of("Flatten", "Reshape", "ReduceMean")
                        .contains(first.get().operation());
        return open && extents.get(2) <= MOST_OF_COLOUR && extents.get(0) > MOST_OF_COLOUR;
    }

    /** Features are pixels of one row, unless a Reshape to a map follows. */
    private static Images features(
            int count, Part batch, Optional<OnnxNode> first, OnnxFile file, TensorReader reader) {
        Optional<long[]> target = first.filter(node -> node.operation().equals("Reshape") && node.has(1))
                .flatMap(node -> file.graph().getInitializerList().stream()
                        .filter(tensor -> tensor.getName().equals(node.input(1)))
                        .findFirst())
                .map(tensor -> reader.read(tensor).longs());
        if (target.isPresent() && target.get().length == 4) {
            long[] extents = target.get();
            if (extents[1] > 0 && extents[2] > 0 && extents[3] > 0 && extents[1] * extents[2] * extents[3] == count) {
                Shape shape = Shape.of((int) extents[2], (int) extents[3], (int) extents[1]);
                View map = View.of(4, batch, shape, 1, 2, 3);
                return new Images(shape, map.reshaped(List.of(batch.extent(), (long) count)));
            }
        }
        return map(batch, Shape.of(1, count, 1), 2, -1, -1, 1);
    }
}
