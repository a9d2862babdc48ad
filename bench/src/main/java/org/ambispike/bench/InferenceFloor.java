package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.LinearKernel;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** The convolutions and matrix products of a spiking chain alone, as its executor plans them in a backend's precision. */
final class InferenceFloor implements AutoCloseable {
    private final Backend backend;
    private final List<Runnable> passes = new ArrayList<>();
    private final List<Runnable> closers = new ArrayList<>();

    InferenceFloor(Backend backend, Network network, int batch, int timeSteps) {
        this.backend = backend;
        String source = "";
        boolean spikes = false;
        for (Node node : network.graph().nodes()) {
            spikes |= node.op() instanceof Op.Spike;
            if (node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear) {
                int channels = network.graph().shape(source).extent(-1);
                long inputs = network.graph().shape(source).elements();
                long outputs = network.graph().shape(node.name()).elements();
                int images = batch * (spikes ? timeSteps : 1);
                DeviceBuffer src = allocate(images * inputs);
                DeviceBuffer dst = allocate(images * outputs);
                DeviceBuffer weights =
                        allocate(network.weights().get(node.parameter("weight")).values().length);
                DeviceBuffer bias =
                        allocate(network.weights().get(node.parameter("bias")).values().length);
                if (spikes && backend.int8().isPresent()) {
                    add(int8(node, images, channels), weights, bias, channels, src, dst);
                } else {
                    add(f32(node, images), weights, bias, src, dst);
                }
            }
            source = node.name();
        }
    }

    private LinearKernel f32(Node node, int images) {
        if (node.op() instanceof Op.Conv2d conv) {
            return backend.linear().planConvolution(node.name(), conv.geometry(), images, false);
        }
        Op.Linear linear = (Op.Linear) node.op();
        return backend.linear().planMatMul(node.name(), images, linear.inputs(), linear.outputs(), false);
    }

    private Int8Kernel int8(Node node, int images, int channels) {
        if (node.op() instanceof Op.Conv2d conv) {
            return backend.int8().orElseThrow().planConvolution(node.name(), conv.geometry(), images);
        }
        Op.Linear linear = (Op.Linear) node.op();
        return backend.int8()
                .orElseThrow()
                .planMatMul(node.name(), images, linear.inputs(), linear.outputs(), channels);
    }

    private void add(LinearKernel kernel, DeviceBuffer weights, DeviceBuffer bias, DeviceBuffer src, DeviceBuffer dst) {
        closers.add(kernel::close);
        kernel.attach(allocateBytes(kernel.ownBytes()), allocateBytes(kernel.scratchBytes()));
        kernel.prepareWeights(weights);
        passes.add(() -> kernel.forward(src, bias, dst));
    }

    private void add(
            Int8Kernel kernel,
            DeviceBuffer weights,
            DeviceBuffer bias,
            int channels,
            DeviceBuffer src,
            DeviceBuffer dst) {
        closers.add(kernel::close);
        kernel.attach(allocateBytes(kernel.ownBytes()), allocateBytes(kernel.scratchBytes()));
        kernel.prepare(weights, bias, allocate(channels), 1);
        passes.add(() -> kernel.forward(src, dst));
    }

    private DeviceBuffer allocate(long floats) {
        return allocateBytes(floats * Float.BYTES);
    }

    private DeviceBuffer allocateBytes(long bytes) {
        DeviceBuffer buffer = backend.memory().allocate("floor", Math.max(bytes, Float.BYTES));
        closers.add(buffer::close);
        return buffer;
    }

    void run() {
        passes.forEach(Runnable::run);
    }

    @Override
    public void close() {
        closers.forEach(Runnable::run);
    }
}
