package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ambispike.graph.Shape;

/**
 * How ONNX sees values that lie in memory as we have them, [H, W, C] or [F] for each image: an axis of ONNX is a list of parts,
 * each a run of places in our memory. So a Transpose, Reshape, Flatten or Squeeze moves nothing; it is another view of the same node.
 *
 * @param axes the parts of each axis, outermost first; none where its extent is 1
 */
record View(List<List<Part>> axes) {
    /** The stride of the batch, which is no place within an image. */
    private static final long BATCH = -1;

    /**
     * Part of an axis.
     *
     * @param stride values from one place to the next
     */
    record Part(long extent, long stride) {
        static Part batch(long images) {
            return new Part(images, BATCH);
        }

        boolean isBatch() {
            return stride == BATCH;
        }
    }

    View {
        axes = axes.stream().map(View::merged).toList();
    }

    /** Returns the view of a map: which of ONNX's axes are its channels, rows and columns; a negative one is none. */
    static View of(int rank, Part batch, Shape shape, int channels, int rows, int columns) {
        List<List<Part>> axes = new ArrayList<>(Collections.nCopies(rank, List.of()));
        axes.set(0, List.of(batch));
        long depth = shape.extent(-1);
        if (channels >= 0) {
            axes.set(channels, List.of(new Part(depth, 1)));
        }
        if (shape.rank() == 3 && rows >= 0) {
            axes.set(rows, List.of(new Part(shape.extent(0), depth * shape.extent(1))));
        }
        if (shape.rank() == 3 && columns >= 0) {
            axes.set(columns, List.of(new Part(shape.extent(1), depth)));
        }
        return new View(axes);
    }

    /** Parts of one place left out, and runs that continue one another joined. */
    private static List<Part> merged(List<Part> parts) {
        List<Part> result = new ArrayList<>();
        for (Part part : parts) {
            Part last = result.isEmpty() ? Part.batch(0) : result.get(result.size() - 1);
            if (!last.isBatch() && !part.isBatch() && last.stride() == part.extent() * part.stride()) {
                result.set(result.size() - 1, new Part(last.extent() * part.extent(), part.stride()));
            } else if (part.extent() != 1) {
                result.add(part);
            }
        }
        return List.copyOf(result);
    }

    int rank() {
        return axes.size();
    }

    long extent(int axis) {
        return axes.get(axis).stream().mapToLong(Part::extent).reduce(1, Math::multiplyExact);
    }

    List<Long> extents() {
        List<Long> extents = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            extents.add(extent(axis));
        }
        return extents;
    }

    Part batch() {
        return axes.stream()
                .flatMap(List::stream)
                .filter(Part::isBatch)
                .findFirst()
                .orElse(Part.batch(1));
    }

    /** @throws Refusal unless the first axis is the batch and it alone; a batch of one image leaves no part */
    void requireBatchFirst() {
        List<Part> expected = batch().extent() == 1 ? List.of() : List.of(batch());
        if (rank() == 0 || !axes.get(0).equals(expected)) {
            throw Refusal.ofLayout(
                    "its input does not have the images, and them alone, along its first axis: " + text());
        }
    }

    /** The extents for a message; the batch is N. */
    String text() {
        List<String> texts = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            boolean batch = axes.get(axis).stream().anyMatch(Part::isBatch);
            long rest = axes.get(axis).stream()
                    .filter(part -> !part.isBatch())
                    .mapToLong(Part::extent)
                    .reduce(1, (a, b) -> a * b);
            texts.add(batch ? (rest == 1 ? "N" : "N*" + rest) : Long.toString(rest));
        }
        return texts.toString();
    }

    /** Extents that are asked for, with N where they are as many as the images. */
    String text(List<Long> target) {
        List<String> texts = new ArrayList<>();
        target.forEach(extent -> texts.add(extent > 1 && extent == batch().extent() ? "N" : "" + extent));
        return texts.toString();
    }

    /** Returns an axis counted from 0. */
    int axis(long axis) {
        if (axis < -rank() || axis >= rank()) {
            throw new Refusal("its axis is " + axis + ", but its input is " + text());
        }
        return (int) (axis < 0 ? axis + rank() : axis);
    }

    /** Returns axes counted from 0; all where none are given. */
    List<Integer> axes(Optional<List<Long>> given) {
        return given.map(axes -> axes.stream().map(this::axis).toList())
                .orElse(IntStream.range(0, rank()).boxed().toList());
    }

    View transposed(List<Integer> order) {
        return new View(order.stream().map(axes::get).toList());
    }

    View without(Set<Integer> dropped) {
        List<List<Part>> rest = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            if (!dropped.contains(axis)) {
                rest.add(axes.get(axis));
            } else if (!axes.get(axis).isEmpty()) {
                throw new Refusal("it drops axis " + axis + " of " + text() + ", whose extent is not 1");
            }
        }
        return new View(rest);
    }

    View with(int axis, List<Part> parts) {
        List<List<Part>> changed = new ArrayList<>(axes);
        changed.set(axis, parts);
        return new View(changed);
    }

    /** A new axis of one place. */
    View inserted(int axis) {
        List<List<Part>> more = new ArrayList<>(axes);
        more.add(axis, List.of());
        return new View(more);
    }

    /** @throws Refusal if an extent cuts across our memory */
    View reshaped(List<Long> target) {
        List<Part> sequence =
                new ArrayList<>(merged(axes.stream().flatMap(List::stream).toList()));
        List<List<Part>> result = new ArrayList<>();
        for (long extent : target) {
            List<Part> parts = new ArrayList<>();
            long open = extent;
            while (!sequence.isEmpty() && open > 1) {
                Part next = sequence.remove(0);
                if (open % next.extent() == 0) {
                    parts.add(next);
                    open /= next.extent();
                } else if (next.extent() % open == 0 && !next.isBatch()) {
                    long inner = next.extent() / open;
                    parts.add(new Part(open, next.stride() * inner));
                    sequence.add(0, new Part(inner, next.stride()));
                    open = 1;
                } else {
                    open = -1;
                }
            }
            if (open != 1) {
                throw Refusal.ofLayout(
                        "it reshapes " + text() + " to " + text(target) + ", which cuts across its axes");
            }
            result.add(parts);
        }
        if (!sequence.isEmpty()) {
            throw new Refusal("it reshapes " + text() + " to " + text(target) + ", which has another number of values");
        }
        return new View(result);
    }

    /** The place along an axis of what lies at an offset of our memory. */
    int index(int axis, long offset) {
        long index = 0;
        for (Part part : axes.get(axis)) {
            index = part.isBatch() ? index : index * part.extent() + offset / part.stride() % part.extent();
        }
        return (int) index;
    }
}
