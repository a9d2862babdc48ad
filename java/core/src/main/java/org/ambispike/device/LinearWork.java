package org.ambispike.device;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;

/** Convolutions and matrix multiplications, which libraries compute in a backend's precision. */
final class LinearWork {
    private static final int BATCH = 3;

    private static final List<Layer> CONVOLUTIONS = List.of(
            // height, width, in, out, kernel, stride, padding, groups
            Layer.convolution(new ConvGeometry(12, 12, 1, 32, 5, 1, 2)),
            Layer.convolution(new ConvGeometry(9, 11, 16, 24, 3, 1, 1)),
            Layer.convolution(new ConvGeometry(8, 8, 16, 32, 3, 2, 1)),
            Layer.convolution(new ConvGeometry(6, 6, 32, 16, 1, 2, 0)),
            Layer.convolution(new ConvGeometry(9, 7, 16, 32, 3, 1, 1, 16)),
            Layer.convolution(new ConvGeometry(
                    16, 16, 16, WindowAxis.padded(11, 3, 1, 2, 1, 4), WindowAxis.padded(14, 5, 2, 1, 2, 0))),
            Layer.convolution(new ConvGeometry(
                    8, 24, 1, WindowAxis.padded(1, 1, 1, 1, 0, 0), WindowAxis.padded(33, 3, 1, 4, 8, 0))));
    private static final List<Layer> MATMULS = List.of(Layer.matMul(10, 64, 24), Layer.matMul(3, 72, 10));

    private LinearWork() {}

    private interface Plan {
        LinearKernel on(Backend backend, boolean training);
    }

    /** A layer with weights, and how many elements its arrays have. */
    private record Layer(long src, long weights, int outputs, long dst, Plan plan) {
        static Layer convolution(ConvGeometry geometry) {
            int in = geometry.inChannels();
            int out = geometry.outChannels();
            return new Layer(
                    (long) BATCH * geometry.height() * geometry.width() * in,
                    geometry.weightShape().elements(),
                    out,
                    (long) BATCH * geometry.outHeight() * geometry.outWidth() * out,
                    (backend, training) -> backend.linear().planConvolution("convolution", geometry, BATCH, training));
        }

        static Layer matMul(int rows, int inputs, int outputs) {
            return new Layer(
                    (long) rows * inputs,
                    (long) inputs * outputs,
                    outputs,
                    (long) rows * outputs,
                    (backend, training) -> backend.linear().planMatMul("matMul", rows, inputs, outputs, training));
        }
    }

    /** What a pass leaves. */
    private interface Pass {
        List<float[]> of(Layer layer, Backend backend, boolean magnitudes);
    }

    static Comparison convolutionForward() {
        return judged(CONVOLUTIONS, LinearWork::forward);
    }

    static Comparison convolutionBackward() {
        return judged(CONVOLUTIONS, LinearWork::backward);
    }

    static Comparison matMulForward() {
        return judged(MATMULS, LinearWork::forward);
    }

    static Comparison matMulBackward() {
        return judged(MATMULS, LinearWork::backward);
    }

    /** The bound of each result is that of rounding, for the numbers at hand. */
    private static Comparison judged(List<Layer> layers, Pass pass) {
        return (reference, candidate) -> {
            Rounding rounding = Rounding.of(candidate.precision());
            Difference worst = new Difference(0, 0);
            for (Layer layer : layers) {
                List<float[]> expected = pass.of(layer, reference, false);
                List<float[]> magnitudes = pass.of(layer, reference, true);
                List<float[]> actual = pass.of(layer, candidate, false);
                for (int i = 0; i < expected.size(); i++) {
                    double bound = rounding.bound(expected.get(i), magnitudes.get(i));
                    worst = worst.orWorse(Difference.between(expected.get(i), actual.get(i), bound));
                }
            }
            return worst;
        };
    }

    /** Planned for inference and for training. */
    private static List<float[]> forward(Layer layer, Backend backend, boolean magnitudes) {
        return List.of(forward(layer, backend, magnitudes, false), forward(layer, backend, magnitudes, true));
    }

    private static float[] forward(Layer layer, Backend backend, boolean magnitudes, boolean training) {
        try (Workspace space = new Workspace(backend, layer.dst);
                LinearKernel kernel = layer.plan.on(backend, training)) {
            attach(space, kernel);
            DeviceBuffer src = numbers(space, "src", layer.src, magnitudes);
            kernel.prepareWeights(numbers(space, "weights", layer.weights, magnitudes));
            DeviceBuffer bias = numbers(space, "bias", layer.outputs, magnitudes);
            DeviceBuffer dst = space.result("dst", layer.dst);
            kernel.forward(src, bias, dst);
            return space.floats(dst);
        }
    }

    private static List<float[]> backward(Layer layer, Backend backend, boolean magnitudes) {
        try (Workspace space = new Workspace(backend, layer.dst);
                LinearKernel kernel = layer.plan.on(backend, true)) {
            attach(space, kernel);
            DeviceBuffer src = numbers(space, "src", layer.src, magnitudes);
            kernel.prepareWeights(numbers(space, "weights", layer.weights, magnitudes));
            DeviceBuffer gradDst = numbers(space, "gradDst", layer.dst, magnitudes);
            DeviceBuffer gradSrc = space.result("gradSrc", layer.src);
            DeviceBuffer gradWeights = space.result("gradWeights", layer.weights);
            DeviceBuffer gradBias = space.result("gradBias", layer.outputs);
            kernel.backwardData(gradDst, gradSrc);
            kernel.backwardWeights(src, gradDst, gradWeights, gradBias);
            return List.of(space.floats(gradSrc), space.floats(gradWeights), space.floats(gradBias));
        }
    }

    private static void attach(Workspace space, LinearKernel kernel) {
        kernel.attach(space.bytes("own", kernel.ownBytes()), space.bytes("scratch", kernel.scratchBytes()));
    }

    private static DeviceBuffer numbers(Workspace space, String label, long count, boolean magnitudes) {
        float[] values = space.gaussian(count);
        for (int i = 0; magnitudes && i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return space.upload(label, values);
    }
}
