package org.ambispike.exec;

import org.ambispike.backend.Int8Kernel;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Node;

/** A convolution or matrix multiplication over spikes in bytes, for all images and steps at once. */
final class Int8LinearStep extends InferenceStep {
    private final Int8Kernel kernel;
    private final ParameterStore store;
    private final String weight;
    private final String bias;
    private final Levels levels;
    private final int window;
    private final Slot own;
    private final Slot scratch;

    /**
     * Plans the step.
     *
     * @param levels of the input
     * @param window how many of them are summed in one byte
     */
    Int8LinearStep(
            Int8Kernel kernel,
            ParameterStore store,
            Node node,
            Levels levels,
            int window,
            Slot own,
            StepBuffers buffers) {
        super(buffers);
        this.kernel = kernel;
        this.store = store;
        this.weight = node.parameter("weight");
        this.bias = node.parameter("bias");
        this.levels = levels;
        this.window = window;
        this.own = own;
        this.scratch = buffers.scratch();
    }

    @Override
    void attach() {
        kernel.attach(own.buffer(), scratch.buffer());
    }

    @Override
    void prepare() {
        kernel.prepare(store.value(weight), store.value(bias), levels.unit(), 1.0 / window);
    }

    @Override
    void forward() {
        kernel.forward(input().buffer(), output().buffer());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
