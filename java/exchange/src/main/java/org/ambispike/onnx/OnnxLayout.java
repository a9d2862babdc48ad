package org.ambispike.onnx;

import java.util.List;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.View.Part;

/** How the values of an input or result lie in ONNX, and how in our network. Immutable and thread-safe. */
public final class OnnxLayout {
    private final String name;
    private final Shape shape;
    private final View view;

    OnnxLayout(String name, Shape shape, View view) {
        this.name = name;
        this.shape = shape;
        this.view = view;
    }

    /** Returns its name in the file. */
    public String name() {
        return name;
    }

    /** Returns the shape of our network for one image: [H, W, C], or [F]. */
    public Shape shape() {
        return shape;
    }

    /** Returns the extents in ONNX, without that of the batch. */
    public List<Integer> extents() {
        return view.extents().stream().skip(1).map(Math::toIntExact).toList();
    }

    /** Our places of one image's values, in ONNX's order. */
    private int[] places() {
        int[] places = new int[Math.toIntExact(shape.elements())];
        for (int offset = 0; offset < places.length; offset++) {
            long index = 0;
            for (int axis = 0; axis < view.rank(); axis++) {
                long extent = view.axes().get(axis).stream()
                        .filter(part -> !part.isBatch())
                        .mapToLong(Part::extent)
                        .reduce(1, (a, b) -> a * b);
                index = index * extent + view.index(axis, offset);
            }
            places[(int) index] = offset;
        }
        return places;
    }

    /** Puts values of any number of images into our order. */
    public float[] toOurs(float[] onnx) {
        int[] places = places();
        float[] ours = new float[onnx.length];
        for (int index = 0; index < onnx.length; index++) {
            int image = index / places.length * places.length;
            ours[image + places[index - image]] = onnx[index];
        }
        return ours;
    }

    /** Puts our values of any number of images into ONNX's order. */
    public float[] toOnnx(float[] ours) {
        int[] places = places();
        float[] onnx = new float[ours.length];
        for (int index = 0; index < ours.length; index++) {
            int image = index / places.length * places.length;
            onnx[index] = ours[image + places[index - image]];
        }
        return onnx;
    }

    @Override
    public String toString() {
        return name + " " + view.text() + " as " + shape;
    }
}
