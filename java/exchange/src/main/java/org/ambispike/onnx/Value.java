package org.ambispike.onnx;

import java.util.function.Supplier;
import org.ambispike.graph.Shape;

/** What a name in an ONNX graph stands for. */
sealed interface Value {
    /** Known before the network runs; read when it is asked for. */
    record Constant(Supplier<OnnxTensor> source) implements Value {
        static Constant of(OnnxTensor tensor) {
            return new Constant(() -> tensor);
        }
    }

    /**
     * What a node of our graph gives for an image.
     *
     * @param node its name
     * @param shape [H, W, C], or [F] of a linear layer
     * @param view how ONNX sees these values
     * @param shared whether another ONNX node reads the same values, so that the node must stay as it is
     * @param assumed whether it stands for what a refused node would give, so that the rest can be looked at
     */
    record Signal(String node, Shape shape, View view, boolean shared, boolean assumed) implements Value {
        Signal asShared(boolean more) {
            return new Signal(node, shape, view, shared || more, assumed);
        }

        Signal asAssumed() {
            return new Signal(node, shape, view, shared, true);
        }

        Signal seen(View other) {
            return new Signal(node, shape, other, shared, assumed);
        }

        /** The same view of another node of the same shape. */
        Signal at(String other) {
            return new Signal(other, shape, view, false, assumed);
        }

        int channels() {
            return shape.extent(-1);
        }

        int height() {
            return shape.rank() == 3 ? shape.extent(0) : 1;
        }

        int width() {
            return shape.rank() == 3 ? shape.extent(1) : 1;
        }

        /** Rows times columns. */
        int area() {
            return height() * width();
        }

        String text() {
            return view.text();
        }
    }

    /**
     * A comparison with 0.
     *
     * @param above whether it holds where the signal is above 0, rather than below
     */
    record Condition(Signal signal, boolean above) implements Value {}

    /**
     * What is not there to be read.
     *
     * @param reason goes on from the name of what reads it
     */
    record Missing(String reason) implements Value {}
}
