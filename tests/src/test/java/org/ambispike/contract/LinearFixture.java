package org.ambispike.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.tensor.ConvGeometry;

/** The buffers of one layer with weights, filled with random numbers and compared with the reference. */
final class LinearFixture implements AutoCloseable {
    private final Backend backend;
    private final LinearKernel kernel;
    private final ReferenceLinear reference;
    private final int outputs;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final DeviceBuffer src;
    private final DeviceBuffer weights;
    private final DeviceBuffer bias;
    private final DeviceBuffer dst;
    private final DeviceBuffer gradSrc;
    private final DeviceBuffer gradWeights;
    private final DeviceBuffer gradBias;
    private final DeviceBuffer gradDst;

    LinearFixture(Backend backend, LinearKernel kernel, ConvGeometry geometry, int batch) {
        this.backend = backend;
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
        kernel.attach(allocateBytes("own", kernel.ownBytes()), allocateBytes("scratch", kernel.scratchBytes()));
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
        float[] x = upload(random, src);
        float[] w = upload(random, weights);
        float[] b = upload(random, bias);
        poison(dst);
        kernel.prepareWeights(weights);
        kernel.forward(src, bias, dst);
        Compare.assertClose("dst", download(dst), reference.forward(x, w, b), tolerance);
    }

    void assertForwardAndBackward(Random random, double tolerance) {
        assertForward(random, tolerance);
        float[] x = download(src);
        float[] g = upload(random, gradDst);
        poison(gradSrc);
        poison(gradWeights);
        poison(gradBias);
        kernel.backwardData(gradDst, gradSrc);
        kernel.backwardWeights(src, gradDst, gradWeights, gradBias);
        Compare.assertClose("gradSrc", download(gradSrc), reference.gradSrc(g, download(weights)), tolerance);
        Compare.assertClose("gradWeights", download(gradWeights), reference.gradWeights(x, g), tolerance);
        Compare.assertClose("gradBias", download(gradBias), reference.gradBias(g), tolerance);
    }

    void assertWithoutBias(Random random, double tolerance) {
        float[] x = upload(random, src);
        float[] w = upload(random, weights);
        float[] g = upload(random, gradDst);
        kernel.prepareWeights(weights);
        // a backward pass first: the bias that stands in for the absent one must stay zero
        kernel.backwardWeights(src, gradDst, gradWeights, DeviceBuffer.absent());
        kernel.forward(src, DeviceBuffer.absent(), dst);
        Compare.assertClose("gradWeights", download(gradWeights), reference.gradWeights(x, g), tolerance);
        Compare.assertClose("dst", download(dst), reference.forward(x, w, new float[outputs]), tolerance);
    }

    void fill(Random random) {
        upload(random, src);
        upload(random, weights);
        upload(random, bias);
        upload(random, gradDst);
    }

    int hashOfAllPasses() {
        kernel.prepareWeights(weights);
        kernel.forward(src, bias, dst);
        kernel.backwardData(gradDst, gradSrc);
        kernel.backwardWeights(src, gradDst, gradWeights, gradBias);
        int hash = 0;
        for (DeviceBuffer result : List.of(dst, gradSrc, gradWeights, gradBias)) {
            hash = 31 * hash + Arrays.hashCode(download(result));
        }
        return hash;
    }

    private DeviceBuffer allocate(String label, int floats) {
        return allocateBytes(label, (long) floats * Float.BYTES);
    }

    private DeviceBuffer allocateBytes(String label, long bytes) {
        if (bytes == 0) {
            return DeviceBuffer.absent();
        }
        DeviceBuffer buffer = backend.allocate(label, bytes);
        buffers.add(buffer);
        return buffer;
    }

    private float[] upload(Random random, DeviceBuffer target) {
        float[] values = new float[(int) target.floats()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        backend.upload(values, 0, values.length, target);
        return values;
    }

    private float[] download(DeviceBuffer source) {
        float[] values = new float[(int) source.floats()];
        backend.download(source, values, 0, values.length);
        return values;
    }

    /** What a pass does not overwrite must show. */
    private void poison(DeviceBuffer target) {
        float[] values = new float[(int) target.floats()];
        Arrays.fill(values, Float.NaN);
        backend.upload(values, 0, values.length, target);
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
    }
}
