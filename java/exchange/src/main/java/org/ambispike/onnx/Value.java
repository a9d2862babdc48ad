package org.ambispike.onnx;

import org.ambispike.graph.Shape;

/** What a name in an ONNX graph stands for. */
sealed interface Value {
    /** Known before the network runs. */
    record Constant(OnnxTensor tensor) implements Value {}

    /**
     * What a node of our graph gives for an image.
     *
     * @param node its name
     * @param shape [H, W, C], or [F] of a linear layer
     * @param flat whether ONNX sees [N, F], F in the order of C, H, W
     * @param shared whether another ONNX node reads the same values, so that the node must stay as it is
     */
    record Signal(String node, Shape shape, boolean flat, boolean shared) implements Value {
        Signal asShared(boolean more) {
            return new Signal(node, shape, flat, shared || more);
        }

        Signal flattened() {
            return new Signal(node, shape, true, shared);
        }

        boolean spatial() {
            return shape.rank() == 3 && !flat;
        }

        /** Rows times columns: more than 1 if the order of C, H, W matters. */
        int area() {
            return shape.rank() == 3 ? shape.extent(0) * shape.extent(1) : 1;
        }

        int channels() {
            return shape.extent(-1);
        }
    }

    /**
     * What is not there to be read.
     *
     * @param reason goes on from the name of what reads it
     */
    record Missing(String reason) implements Value {}
}
