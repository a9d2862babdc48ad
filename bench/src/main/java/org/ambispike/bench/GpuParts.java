package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Addend;
import org.ambispike.backend.Bf16Operations.SpikeForm;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * The parts of an inference of a spiking chain, as its executor plans them, on two arrays that all of them share. In bf16
 * every value but the image and the logits' drives is stored in it, or in bytes, and neurons add the bias; in int8 spikes and
 * their pools are bytes.
 */
final class GpuParts implements AutoCloseable {
    private final Backend backend;
    private final Optional<Bf16Operations> bf16;
    private final Optional<Int8Operations> int8;
    private final Network network;
    private final int batch;
    private final int timeSteps;
    private final List<GpuPart> parts = new ArrayList<>();
    private final List<Runnable> closers = new ArrayList<>();
    private final DeviceBuffer from;
    private final DeviceBuffer to;
    private final DeviceBuffer small;

    GpuParts(Backend backend, Network network, int batch, int timeSteps) {
        this.backend = backend;
        this.bf16 = backend.bf16();
        this.int8 = backend.int8();
        this.network = network;
        this.batch = batch;
        this.timeSteps = timeSteps;
        long largest = network.graph().shapes().values().stream()
                .mapToLong(shape -> shape.elements() * batch * timeSteps)
                .max()
                .orElseThrow();
        this.from = filled(largest);
        this.to = filled(largest);
        this.small = filled(1 << 16);
        boolean spikes = false;
        for (Node node : network.graph().nodes()) {
            if (Bf16Chain.isProduct(node)) {
                addProduct(node, spikes);
            } else if (node.op() instanceof Op.Spike spike) {
                addSpike(node, spike, spikes);
                spikes = true;
            } else if (node.op() instanceof Op.AveragePool pool) {
                addPool(node, pool);
            }
        }
    }

    List<GpuPart> parts() {
        return parts;
    }

    private long elements(String node) {
        return network.graph().shape(node).elements() * batch;
    }

    private Storage storage(Node node) {
        if (int8.isPresent()) {
            return Bf16Chain.isProduct(node) || node.op() instanceof Op.Input ? Storage.F32 : Storage.BYTE;
        }
        return bf16.isPresent() ? Bf16Chain.storage(network.graph(), node) : Storage.F32;
    }

    private void addProduct(Node node, boolean spikes) {
        int times = spikes ? timeSteps : 1;
        int images = batch * times;
        Node source = network.graph().node(node.inputs().get(0));
        long weightElements =
                network.weights().get(node.parameter("weight")).shape().elements();
        boolean narrow = int8.isPresent() && spikes;
        Runnable work = narrow ? overBytes(node, images, weightElements) : product(node, images, weightElements);
        double bytes =
                (double) elements(source.name()) * times * storage(source).bytes()
                        + (double) elements(node.name()) * times * storage(node).bytes()
                        + (double) weightElements
                                * (narrow ? Storage.BYTE : bf16.isPresent() ? Storage.BF16 : Storage.F32).bytes();
        parts.add(new GpuPart(node.name(), false, work, bytes, 2.0 * node.op().multiplyAccumulates() * images));
    }

    private Runnable product(Node node, int images, long weightElements) {
        LinearKernel kernel =
                plan(node, images, storage(network.graph().node(node.inputs().get(0))));
        closers.add(kernel::close);
        kernel.attach(allocate(kernel.ownBytes()), allocate(kernel.scratchBytes()));
        kernel.prepareWeights(filled(weightElements));
        boolean biasLater = bf16.isPresent() && !node.equals(network.graph().output());
        DeviceBuffer bias = biasLater ? DeviceBuffer.absent() : small;
        return () -> kernel.forward(from, bias, to);
    }

    private Runnable overBytes(Node node, int images, long weightElements) {
        int channels = network.graph().shape(node.inputs().get(0)).extent(-1);
        int outputs = network.graph().shape(node.name()).extent(-1);
        Int8Kernel kernel = node.op() instanceof Op.Conv2d conv
                ? int8.get().planConvolution(node.name(), conv.geometry(), images)
                : int8.get().planMatMul(node.name(), images, ((Op.Linear) node.op()).inputs(), outputs, channels);
        closers.add(kernel::close);
        kernel.attach(allocate(kernel.ownBytes()), allocate(kernel.scratchBytes()));
        kernel.prepare(filled(weightElements), filled(outputs), filled(channels), 1);
        return () -> kernel.forward(from, to);
    }

    private LinearKernel plan(Node node, int images, Storage src) {
        if (node.op() instanceof Op.Conv2d conv) {
            return bf16.isPresent()
                    ? bf16.get().planConvolution(node.name(), conv.geometry(), images, src, storage(node))
                    : backend.linear().planConvolution(node.name(), conv.geometry(), images, false);
        }
        Op.Linear linear = (Op.Linear) node.op();
        return bf16.isPresent()
                ? bf16.get().planMatMul(node.name(), images, linear.inputs(), linear.outputs(), src)
                : backend.linear().planMatMul(node.name(), images, linear.inputs(), linear.outputs(), false);
    }

    private void addSpike(Node node, Op.Spike op, boolean driveVaries) {
        int channels = network.graph().shape(node.name()).extent(-1);
        long neurons = elements(node.name());
        SpikeLayout layout =
                new SpikeLayout(op.model(), timeSteps, neurons / channels, channels, !driveVaries, false, op.quanta());
        Storage drive = storage(network.graph().node(node.inputs().get(0)));
        Storage emitted = storage(node);
        DeviceBuffer none = DeviceBuffer.absent();
        DeviceBuffer parameters = allocate(5L * channels * Float.BYTES);
        backend.memory().fill(parameters, 0.5);
        SpikeBuffers buffers = new SpikeBuffers(from, parameters, none, to, none, none);
        Runnable work;
        if (int8.isPresent()) {
            DeviceBuffer levels = filled(3L * channels);
            work = () -> int8.get().spikeForward(layout, buffers, levels, false);
        } else if (bf16.isPresent()) {
            SpikeForm form = new SpikeForm(drive, small, Addend.NONE, emitted);
            work = () -> bf16.get().spikeForward(layout, buffers, form, false);
        } else {
            work = () -> backend.neurons().spikeForward(layout, buffers, false, 1);
        }
        double bytes = (double) neurons * (driveVaries ? timeSteps : 1) * drive.bytes()
                + (double) neurons * timeSteps * emitted.bytes();
        parts.add(new GpuPart(node.name(), true, work, bytes, 0));
    }

    private void addPool(Node node, Op.AveragePool op) {
        int images = batch * timeSteps;
        Node source = network.graph().node(node.inputs().get(0));
        Storage read = storage(source);
        double bytes = (double) (elements(source.name()) * read.bytes()
                        + elements(node.name()) * storage(node).bytes())
                * timeSteps;
        Runnable work;
        if (int8.isPresent()) {
            work = () -> int8.get().sumPool(op.geometry(), images, from, to);
        } else if (read == Storage.BYTE) {
            work = () -> bf16.get().averagePoolOfBytes(op.geometry(), images, from, small, to);
        } else if (bf16.isPresent()) {
            work = () -> bf16.get().averagePool(op.geometry(), images, from, to);
        } else {
            PoolKernel kernel = backend.linear().planAveragePool(node.name(), op.geometry(), images);
            closers.add(kernel::close);
            work = () -> kernel.forward(from, to);
        }
        parts.add(new GpuPart(node.name(), true, work, bytes, 0));
    }

    private DeviceBuffer allocate(long bytes) {
        DeviceBuffer buffer = backend.memory().allocate("part", Math.max(bytes, Float.BYTES));
        closers.add(buffer::close);
        return buffer;
    }

    private DeviceBuffer filled(long floats) {
        DeviceBuffer buffer = allocate(floats * Float.BYTES);
        Fill.halves(backend, buffer);
        return buffer;
    }

    @Override
    public void close() {
        for (int index = closers.size() - 1; index >= 0; index--) {
            closers.get(index).run();
        }
    }
}
