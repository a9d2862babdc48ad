package org.ambispike.onnx;

import java.util.List;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.View.Part;

/** How the values of an input or result lie in ONNX, and how in our network. Immutable and thread-safe. */
public final class OnnxLayout {
    private final String name;
    private final Shape shape;
    private final View view;
    private final Finish finish;

    /** What the file does last with a result, and leaves our network without. */
    enum Finish {
        NONE,
        SOFTMAX,
        LOG_SOFTMAX
    }

    OnnxLayout(String name, Shape shape, View view, Finish finish) {
        this.name = name;
        this.shape = shape;
        this.view = view;
        this.finish = finish;
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

    /** Puts our values of any number of images into ONNX's order, as the file ends them: logits as probabilities where it has a softmax. */
    public float[] toOnnx(float[] ours) {
        int[] places = places();
        float[] onnx = new float[ours.length];
        for (int index = 0; index < ours.length; index++) {
            int image = index / places.length * places.length;
            onnx[index] = ours[image + places[index - image]];
        }
        if (finish != Finish.NONE) {
            for (int image = 0; image < onnx.length; image += places.length) {
                finish(onnx, image, image + places.length);
            }
        }
        return onnx;
    }

    private void finish(float[] values, int from, int to) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int index = from; index < to; index++) {
            largest = Math.max(largest, values[index]);
        }
        double sum = 0;
        for (int index = from; index < to; index++) {
            sum += Math.exp(values[index] - largest);
        }
        for (int index = from; index < to; index++) {
            double logarithm = values[index] - largest - Math.log(sum);
            values[index] = (float) (finish == Finish.SOFTMAX ? Math.exp(logarithm) : logarithm);
        }
    }

    @Override
    public String toString() {
        return name + " " + view.text() + " as " + shape;
    }
}
