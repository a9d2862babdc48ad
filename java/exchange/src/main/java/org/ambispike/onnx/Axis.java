package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.View.Part;

/** The axes of our memory, [H, W, C]: what a part of a view runs along. */
enum Axis {
    DOWN,
    ACROSS,
    CHANNELS;

    /** Values from one place to the next. */
    long unit(Shape shape) {
        long channels = shape.extent(-1);
        return switch (this) {
            case CHANNELS -> 1;
            case ACROSS -> channels;
            case DOWN -> channels * (shape.rank() == 3 ? shape.extent(1) : 1);
        };
    }

    int extent(Shape shape) {
        if (this == CHANNELS) {
            return shape.extent(-1);
        }
        return shape.rank() == 3 ? shape.extent(ordinal()) : 1;
    }

    static Axis of(Part part, Shape shape) {
        if (part.stride() >= DOWN.unit(shape)) {
            return DOWN;
        }
        return part.stride() >= ACROSS.unit(shape) ? ACROSS : CHANNELS;
    }

    /**
     * Cuts parts where one axis of our memory ends and the next begins.
     *
     * @throws Refusal if one does not end with an axis
     */
    static List<Part> cut(List<Part> parts, Shape shape) {
        return cut(cut(parts, DOWN.unit(shape)), ACROSS.unit(shape));
    }

    private static List<Part> cut(List<Part> parts, long boundary) {
        List<Part> result = new ArrayList<>();
        for (Part part : parts) {
            if (part.isBatch() || part.stride() >= boundary || part.stride() * part.extent() <= boundary) {
                result.add(part);
                continue;
            }
            long inner = boundary / part.stride();
            if (boundary % part.stride() != 0 || part.extent() % inner != 0) {
                throw Refusal.ofLayout("an axis of its input cuts across rows, columns and channels");
            }
            result.add(new Part(part.extent() / inner, boundary));
            result.add(new Part(inner, part.stride()));
        }
        return result;
    }
}
