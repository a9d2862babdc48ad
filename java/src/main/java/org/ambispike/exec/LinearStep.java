package org.ambispike.exec;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/** A convolution or matrix product over all images and, where its input varies in time, all steps at once. */
final class LinearStep implements Step {
    private final LinearKernel kernel;
    private final ParameterStore store;
    private final String weight;
    private final String bias;
    private final Slot own;
    private final Slot scratch;
    private final Slot input;
    private final Slot output;
    private Slot inputGradient;
    private Slot outputGradient;

    LinearStep(LinearKernel kernel, ParameterStore store, Node node, Slot own, Slot scratch, Slot input, Slot output) {
        this.kernel = kernel;
        this.store = store;
        this.weight = node.parameter("weight");
        this.bias = node.parameter("bias");
        this.own = own;
        this.scratch = scratch;
        this.input = input;
        this.output = output;
    }

    /** Tells where gradients are; the input's slot is the output's own where no gradient of the input is wanted. */
    void gradients(Slot ofInput, Slot ofOutput) {
        inputGradient = ofInput;
        outputGradient = ofOutput;
    }

    @Override
    public void attach() {
        kernel.attach(own.buffer(), scratch.buffer());
    }

    @Override
    public void prepare() {
        kernel.prepareWeights(store.value(weight));
    }

    @Override
    public void forward() {
        kernel.forward(input.buffer(), store.value(bias), output.buffer());
    }

    @Override
    public void backward() {
        DeviceBuffer gradient = outputGradient.buffer();
        kernel.backwardWeights(input.buffer(), gradient, store.gradient(weight), store.gradient(bias));
        if (inputGradient != outputGradient) {
            kernel.backwardData(gradient, inputGradient.buffer());
        }
    }

    @Override
    public void close() {
        kernel.close();
    }
}
