package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.ambispike.graph.Op;
import org.ambispike.onnx.Value.Signal;

/**
 * A constant that meets a value: one number for each channel, or one for each place.
 *
 * @param values [channels], or as many as the value has, in our order
 */
record Constants(double[] values, boolean byChannel) {
    /** Matches a constant with the axes of a value, from the last. */
    static Constants of(Signal signal, OnnxTensor given) {
        List<Integer> extents = aligned(signal, given);
        OnnxTensor tensor = given.reshaped(extents);
        boolean byChannel = true;
        for (int axis = 0; axis < extents.size(); axis++) {
            if (extents.get(axis) > 1) {
                byChannel &= Axis.cut(signal.view().axes().get(axis), signal.shape()).stream()
                        .allMatch(part -> part.isBatch() || Axis.of(part, signal.shape()) == Axis.CHANNELS);
            }
        }
        requireSameForAllImages(signal, tensor);
        if (!byChannel && signal.shape().elements() > GraphBuilder.MOST_OF_OWN) {
            throw new Refusal("it has a constant for each place of " + signal.text() + ", which are too many");
        }
        int[] strides = Folding.strides(extents);
        double[] values = new double
                [byChannel ? signal.channels() : Math.toIntExact(signal.shape().elements())];
        for (int offset = 0; offset < values.length; offset++) {
            int place = 0;
            for (int axis = 0; axis < extents.size(); axis++) {
                place += extents.get(axis) > 1 ? signal.view().index(axis, offset) * strides[axis] : 0;
            }
            values[offset] = tensor.at(place);
        }
        return new Constants(values, byChannel);
    }

    private static List<Integer> aligned(Signal signal, OnnxTensor given) {
        List<Integer> extents = new ArrayList<>(given.extents());
        int rank = signal.view().rank();
        while (extents.size() > rank && extents.get(0) == 1) {
            extents.remove(0);
        }
        if (extents.size() < rank) {
            extents.addAll(0, Collections.nCopies(rank - extents.size(), 1));
        }
        boolean fits = extents.size() == rank;
        for (int axis = 0; fits && axis < rank; axis++) {
            fits = extents.get(axis) == 1 || extents.get(axis) == signal.view().extent(axis);
        }
        if (!fits) {
            throw new Refusal("its constant " + given.extents() + " does not fit to " + signal.text());
        }
        return extents;
    }

    private static void requireSameForAllImages(Signal signal, OnnxTensor tensor) {
        for (int axis = 0; axis < tensor.rank(); axis++) {
            boolean batch = signal.view().axes().get(axis).stream().anyMatch(part -> part.isBatch());
            int images = tensor.extents().get(axis);
            if (batch && images > 1) {
                int inner = tensor.size() / images;
                for (int index = inner; index < tensor.size(); index++) {
                    if (axis > 0 || tensor.at(index) != tensor.at(index % inner)) {
                        throw new Refusal("its constant " + tensor.extents() + " differs from image to image");
                    }
                }
            }
        }
    }

    /** One number for all of a value's channels. */
    static Constants all(Signal signal, double value) {
        double[] values = new double[signal.channels()];
        Arrays.fill(values, value);
        return new Constants(values, true);
    }

    /** The same with one number each for all channels. */
    static Signal affine(GraphBuilder graph, String name, Signal signal, double scale, double shift) {
        return affine(graph, name, signal, all(signal, scale), all(signal, shift));
    }

    /** scale x + shift. */
    static Signal affine(GraphBuilder graph, String name, Signal signal, Constants scale, Constants shift) {
        if (!scale.byChannel()) {
            throw new Refusal(
                    "it scales each place by a number of its own; only one number, or one for each channel, is"
                            + " supported");
        }
        if (shift.byChannel()) {
            String node = graph.affine(name, signal.node(), signal.shared(), scale.values(), shift.values());
            return signal.at(node);
        }
        boolean scales = Arrays.stream(scale.values()).anyMatch(value -> value != 1);
        String scaled = scales
                ? graph.affine(name, signal.node(), signal.shared(), scale.values(), new double[signal.channels()])
                : signal.node();
        if (Arrays.stream(shift.values()).allMatch(value -> value == 0)) {
            return signal.at(scaled);
        }
        String constant = graph.constant(name, signal.shape(), shift.values());
        return signal.at(graph.append(name, new Op.Add(), List.of(scaled, constant)));
    }

    /** A value whose second axis is our channels, if it is to be scaled along another, as a flattened map by feature. */
    static Signal flattened(GraphBuilder graph, String name, Signal signal, OnnxTensor... constants) {
        boolean byPlace =
                Arrays.stream(constants).anyMatch(tensor -> !of(signal, tensor).byChannel());
        return byPlace && signal.view().rank() >= 2 && signal.view().rank() <= 4
                ? Layouts.arranged(graph, name, signal, Layouts.Roles.channelsFirst(signal))
                : signal;
    }
}
