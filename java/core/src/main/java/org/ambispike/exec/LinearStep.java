package org.ambispike.exec;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/** A convolution or matrix multiplication over all images and, where its input varies in time, all steps at once. */
final class LinearStep extends Step {
    private final LinearKernel kernel;
    private final ParameterStore store;
    private final String weight;
    private final String bias;
    private final boolean addsBias;
    private final Slot own;
    private final Slot scratch;

    /** @param addsBias whether it is not left to those who read the output; for training it is not */
    LinearStep(LinearKernel kernel, ParameterStore store, Node node, boolean addsBias, Slot own, StepBuffers buffers) {
        super(buffers);
        this.kernel = kernel;
        this.store = store;
        this.weight = node.parameter("weight");
        this.bias = node.parameter("bias");
        this.addsBias = addsBias;
        this.own = own;
        this.scratch = buffers.scratch();
    }

    @Override
    boolean readsInputBackward() {
        return true;
    }

    @Override
    void attach() {
        kernel.attach(own.buffer(), scratch.buffer());
    }

    @Override
    void prepare() {
        kernel.prepareWeights(store.value(weight));
    }

    @Override
    void forward() {
        kernel.forward(input().buffer(), addsBias ? store.value(bias) : DeviceBuffer.absent(), output().buffer());
    }

    @Override
    void backward() {
        DeviceBuffer gradient = outputGradient().buffer();
        kernel.backwardWeights(input().buffer(), gradient, store.gradient(weight), store.gradient(bias));
        inputGradient().ifPresent(slot -> kernel.backwardData(gradient, slot.buffer()));
    }

    @Override
    public void close() {
        kernel.close();
    }
}
