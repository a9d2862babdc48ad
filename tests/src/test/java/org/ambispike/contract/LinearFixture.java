package org.ambispike.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.graph.ConvGeometry;

/** The buffers of one layer with weights, filled with random numbers and compared with the reference. */
final class LinearFixture implements AutoCloseable {
    private final LinearKernel kernel;
    private final ReferenceLinear reference;
    private final int outputs;
    private final DeviceArrays arrays;
    private final DeviceBuffer src;
    private final DeviceBuffer weights;
    private final DeviceBuffer bias;
    private final DeviceBuffer dst;
    private final DeviceBuffer gradSrc;
    private final DeviceBuffer gradWeights;
    private final DeviceBuffer gradBias;
    private final DeviceBuffer gradDst;

    LinearFixture(Backend backend, LinearKernel kernel, ConvGeometry geometry, int batch) {
        this.arrays = new DeviceArrays(backend);
        this.kernel = kernel;
        this.reference = new ReferenceLinear(geometry, batch);
        this.outputs = geometry.outChannels();
        src = allocate("src", reference.srcElements());
        weights = allocate("weights", reference.weightElements());
        bias = allocate("bias", outputs);
        dst = allocate("dst", reference.dstElements());
        gradSrc = allocate("gradSrc", reference.srcElements());
        gradWeights = allocate("gradWeights", reference.weightElements());
        gradBias = allocate("gradBias", outputs);
        gradDst = allocate("gradDst", reference.dstElements());
        kernel.attach(arrays.allocate("own", kernel.ownBytes()), arrays.allocate("scratch", kernel.scratchBytes()));
    }

    DeviceBuffer src() {
        return src;
    }

    DeviceBuffer weights() {
        return weights;
    }

    DeviceBuffer bias() {
        return bias;
    }

    DeviceBuffer dst() {
        return dst;
    }

    void assertForward(Random random, double tolerance) {
        float[] x = arrays.uploadRandom(random, src);
        float[] w = arrays.uploadRandom(random, weights);
        float[] b = arrays.uploadRandom(random, bias);
        arrays.poison(dst);
        kernel.prepareWeights(weights);
        kernel.forward(src, bias, dst);
        Compare.assertClose("dst", arrays.download(dst), reference.forward(x, w, b), tolerance);
    }

    void assertForwardAndBackward(Random random, double tolerance) {
        assertForward(random, tolerance);
        float[] x = arrays.download(src);
        float[] g = arrays.uploadRandom(random, gradDst);
        arrays.poison(gradSrc);
        arrays.poison(gradWeights);
        arrays.poison(gradBias);
        kernel.backwardData(gradDst, gradSrc);
        kernel.backwardWeights(src, gradDst, gradWeights, gradBias);
        Compare.assertClose(
                "gradSrc", arrays.download(gradSrc), reference.gradSrc(g, arrays.download(weights)), tolerance);
        Compare.assertClose("gradWeights", arrays.download(gradWeights), reference.gradWeights(x, g), tolerance);
        // rounding grows with what is summed, though the sums themselves may cancel
        double least = Math.sqrt(squares(g) / outputs);
        Compare.assertClose("gradBias", arrays.download(gradBias), reference.gradBias(g), tolerance, least);
    }

    private static double squares(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(index -> (double) values[index] * values[index])
                .sum();
    }

    void assertWithoutBias(Random random, double tolerance) {
        float[] x = arrays.uploadRandom(random, src);
        float[] w = arrays.uploadRandom(random, weights);
        float[] g = arrays.uploadRandom(random, gradDst);
        kernel.prepareWeights(weights);
        // a backward pass first: the bias that stands in for the absent one must stay zero
        kernel.backwardWeights(src, gradDst, gradWeights, DeviceBuffer.absent());
        kernel.forward(src, DeviceBuffer.absent(), dst);
        Compare.assertClose("gradWeights", arrays.download(gradWeights), reference.gradWeights(x, g), tolerance);
        Compare.assertClose("dst", arrays.download(dst), reference.forward(x, w, new float[outputs]), tolerance);
    }

    void fill(Random random) {
        arrays.uploadRandom(random, src);
        arrays.uploadRandom(random, weights);
        arrays.uploadRandom(random, bias);
        arrays.uploadRandom(random, gradDst);
    }

    int hashOfAllPasses() {
        kernel.prepareWeights(weights);
        kernel.forward(src, bias, dst);
        kernel.backwardData(gradDst, gradSrc);
        kernel.backwardWeights(src, gradDst, gradWeights, gradBias);
        int hash = 0;
        for (DeviceBuffer result : List.of(dst, gradSrc, gradWeights, gradBias)) {
            hash = 31 * hash + Arrays.hashCode(arrays.download(result));
        }
        return hash;
    }

    private DeviceBuffer allocate(String label, int floats) {
        return arrays.allocate(label, (long) floats * Float.BYTES);
    }

    @Override
    public void close() {
        arrays.close();
    }
}
