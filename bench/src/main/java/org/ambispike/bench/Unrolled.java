package org.ambispike.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;

/**
 * The pass of a network as its parts, in the executor's order and shapes, each on buffers of its own: what the executor
 * does, without the executor, so that each part can be timed while the caches are as they are in a real pass.
 */
final class Unrolled implements AutoCloseable {
    private static final double KAPPA = 10;

    /** Firing rates of a layer and their gradient, [N, H, W, C]. */
    record Rate(String layer, DeviceBuffer rate, DeviceBuffer gradient) {}

    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final int batch;
    private final int timeSteps;
    private final boolean training;
    private final List<Runnable> closers = new ArrayList<>();
    private final List<Part> prepare = new ArrayList<>();
    private final List<Part> forward = new ArrayList<>();
    private final List<Part> backward = new ArrayList<>();
    private final Map<String, DeviceBuffer> values = new HashMap<>();
    private final Map<String, Boolean> varies = new HashMap<>();
    private final Map<String, DeviceBuffer> gradients = new HashMap<>();
    private final List<Rate> rates = new ArrayList<>();
    private final List<String> choices = new ArrayList<>();
    private final DeviceBuffer scratch;

    /**
     * Plans all parts.
     *
     * @param timeSteps T; 1 for an ANN
     * @param training whether there is a backward pass, and weights change before every pass
     */
    Unrolled(Backend backend, Graph graph, Weights weights, int batch, int timeSteps, boolean training) {
        this.backend = backend;
        this.graph = graph;
        this.batch = batch;
        this.timeSteps = timeSteps;
        this.training = training;
        this.store = ParameterStore.create(backend, graph, weights, training);
        closers.add(store::close);
        List<LinearKernel> kernels = new ArrayList<>();
        this.scratch = allocate("scratch", Math.max(kernelScratch(), planLinear(kernels)));
        int next = 0;
        for (Node node : graph.nodes()) {
            LinearKernel kernel = isLinear(node) ? kernels.get(next++) : null;
            addNode(node, Optional.ofNullable(kernel));
        }
        if (graph.isSpiking()) {
            addTimeMean();
        } else {
            values.put("logits", values.get(graph.output().name()));
            if (training) {
                gradients.put("logits", gradients.get(graph.output().name()));
            }
        }
    }

    /** What comes before the loss: weights are prepared only if they have changed, that is, in training. */
    List<Part> forwardParts() {
        List<Part> parts = new ArrayList<>();
        if (training) {
            parts.addAll(prepare);
        }
        parts.addAll(forward);
        return parts;
    }

    /** What comes after the loss; none for inference. */
    List<Part> backwardParts() {
        List<Part> parts = new ArrayList<>(backward);
        Collections.reverse(parts);
        return parts;
    }

    /** Brings weights to their places and values into all buffers, so that each part can run alone. */
    void warmUp() {
        prepare.forEach(part -> part.work().run());
        forward.forEach(part -> part.work().run());
        backwardParts().forEach(part -> part.work().run());
    }

    /** What a node gives. */
    DeviceBuffer value(String node) {
        return values.get(node);
    }

    ParameterStore store() {
        return store;
    }

    DeviceBuffer scratch() {
        return scratch;
    }

    /** Logits of the last step, [N, classes]. */
    DeviceBuffer logits() {
        long count = (long) batch * graph.classes();
        return values.get("logits").slice("logits", (graph.isSpiking() ? timeSteps - 1L : 0) * count, count);
    }

    /** [N, classes]; for training only. */
    DeviceBuffer logitsGradient() {
        return gradients.get("logits");
    }

    /** Of all spiking layers; for training only. */
    List<Rate> rates() {
        return rates;
    }

    /** What oneDNN chose for each layer with weights. */
    List<String> choices() {
        return choices;
    }

    private static boolean isLinear(Node node) {
        return node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear;
    }

    private long kernelScratch() {
        long bytes = backend.memory().scratchBytes(graph.classes(), DeviceMemory.SUMS);
        for (Node node : graph.neurons()) {
            bytes = Math.max(bytes, backend.memory().scratchBytes(channels(node), DeviceMemory.SUMS));
        }
        return bytes;
    }

    private long planLinear(List<LinearKernel> kernels) {
        long bytes = 0;
        boolean after = false;
        for (Node node : graph.nodes()) {
            after |= node.op() instanceof Op.Spike;
            if (isLinear(node)) {
                int images = batch * (after ? timeSteps : 1);
                LinearKernel kernel = node.op() instanceof Op.Conv2d conv
                        ? backend.linear().planConvolution(node.name(), conv.geometry(), images, training)
                        : planMatMul(node.name(), (Op.Linear) node.op(), images);
                closers.add(kernel::close);
                choices.add(kernel.describe());
                kernels.add(kernel);
                bytes = Math.max(bytes, kernel.scratchBytes());
            }
        }
        return bytes;
    }

    private LinearKernel planMatMul(String name, Op.Linear linear, int images) {
        return backend.linear().planMatMul(name, images, linear.inputs(), linear.outputs(), training);
    }

    private void addNode(Node node, Optional<LinearKernel> kernel) {
        String name = node.name();
        if (node.op() instanceof Op.Input) {
            define(name, false);
            Fill.random(backend, values.get(name));
            return;
        }
        String source = node.inputs().get(0);
        boolean steps = varies.get(source);
        if (node.op() instanceof Op.Dropout && !training) {
            values.put(name, values.get(source));
            varies.put(name, steps);
            return;
        }
        define(name, steps || node.op() instanceof Op.Spike);
        defineGradient(node, source);
        if (kernel.isPresent()) {
            addLinear(node, kernel.get(), source);
        } else if (node.op() instanceof Op.AveragePool pool) {
            addPool(name, pool, batch * factor(steps), source);
        } else if (node.op() instanceof Op.Dropout dropout) {
            addDropout(name, dropout.probability(), source);
        } else if (node.op() instanceof Op.Activation activation) {
            addActivation(node, activation, source);
        } else if (node.op() instanceof Op.Spike spike) {
            addSpike(node, spike, source);
        }
    }

    private void addLinear(Node node, LinearKernel kernel, String source) {
        String name = node.name();
        DeviceBuffer weight = store.value(node.parameter("weight"));
        DeviceBuffer bias = store.value(node.parameter("bias"));
        kernel.attach(allocate(name + ".kernel", kernel.ownBytes()), scratch);
        prepare.add(new Part(name + " weights reordered", Part.Kind.REORDER, () -> kernel.prepareWeights(weight)));
        DeviceBuffer x = values.get(source);
        DeviceBuffer y = values.get(name);
        forward.add(primitive(name + " forward", () -> kernel.forward(x, bias, y)));
        if (training) {
            DeviceBuffer gradY = gradients.get(name);
            DeviceBuffer gradWeight = store.gradient(node.parameter("weight"));
            DeviceBuffer gradBias = store.gradient(node.parameter("bias"));
            if (!(graph.node(source).op() instanceof Op.Input)) {
                DeviceBuffer gradX = gradients.get(source);
                backward.add(primitive(name + " backward by data", () -> kernel.backwardData(gradY, gradX)));
            }
            backward.add(primitive(
                    name + " backward by weights", () -> kernel.backwardWeights(x, gradY, gradWeight, gradBias)));
        }
    }

    private void addPool(String name, Op.AveragePool pool, int images, String source) {
        PoolKernel kernel = backend.linear().planAveragePool(name, pool.geometry(), images);
        closers.add(kernel::close);
        DeviceBuffer x = values.get(source);
        DeviceBuffer y = values.get(name);
        forward.add(primitive(name + " forward", () -> kernel.forward(x, y)));
        if (training) {
            DeviceBuffer gradX = gradients.get(source);
            DeviceBuffer gradY = gradients.get(name);
            backward.add(primitive(name + " backward", () -> kernel.backward(gradY, gradX)));
        }
    }

    private void addDropout(String name, double probability, String source) {
        DeviceBuffer x = values.get(source);
        DeviceBuffer y = values.get(name);
        DeviceBuffer seed = allocate(name + ".seed", 2L * Long.BYTES);
        forward.add(
                kernel(name + " forward", () -> backend.training().dropout(x, y, seed, x.floats(), probability, 0)));
        if (training) {
            DeviceBuffer gradient = gradients.get(name);
            backward.add(kernel(name + " backward", () -> backend.training()
                    .dropout(gradient, gradient, seed, gradient.floats(), probability, 0)));
        }
    }

    private void addActivation(Node node, Op.Activation op, String source) {
        String name = node.name();
        int channels = channels(node);
        DeviceBuffer x = values.get(source);
        DeviceBuffer y = values.get(name);
        ActivationLayout layout = new ActivationLayout(op.kind(), op.levels(), x.floats() / channels, channels);
        boolean leaky = op.kind() == Op.ActivationKind.LEAKY;
        DeviceBuffer parameters = parameters(node, leaky ? 1 : 3);
        forward.add(kernel(name + " forward", () -> backend.neurons().activationForward(layout, x, parameters, y)));
        if (training) {
            DeviceBuffer gradient = gradients.get(name);
            DeviceBuffer gradParameters = leaky ? DeviceBuffer.absent() : parameters(node, 2);
            backward.add(kernel(name + " backward", () -> backend.neurons()
                    .activationBackward(
                            layout,
                            x,
                            parameters,
                            new ActivationGradients(gradient, DeviceBuffer.absent(), gradient, gradParameters),
                            scratch)));
        }
    }

    private void addSpike(Node node, Op.Spike op, String source) {
        String name = node.name();
        int channels = channels(node);
        boolean constant = !varies.get(source);
        DeviceBuffer x = values.get(source);
        DeviceBuffer y = values.get(name);
        long neurons = y.floats() / timeSteps;
        SpikeLayout layout =
                new SpikeLayout(op.model(), timeSteps, neurons / channels, channels, constant, false, op.quanta());
        DeviceBuffer parameters = parameters(node, 5);
        DeviceBuffer rate = training ? allocate(name + ".rate", neurons * Float.BYTES) : DeviceBuffer.absent();
        DeviceBuffer none = DeviceBuffer.absent();
        forward.add(kernel(name + " forward", () -> backend.neurons()
                .spikeForward(layout, new SpikeBuffers(x, parameters, none, y, rate, none), false, KAPPA)));
        if (training) {
            DeviceBuffer gradY = gradients.get(name);
            DeviceBuffer gradX = gradients.get(source);
            DeviceBuffer gradRate = allocate(name + ".rateGradient", neurons * Float.BYTES);
            DeviceBuffer gradParameters = parameters(node, 4);
            rates.add(new Rate(name, rate, gradRate));
            backward.add(kernel(name + " backward", () -> backend.neurons()
                    .spikeBackward(
                            layout,
                            x,
                            parameters,
                            new SpikeGradients(gradY, gradRate, gradX, gradParameters),
                            scratch,
                            KAPPA)));
        }
    }

    private void addTimeMean() {
        long count = (long) batch * graph.classes();
        DeviceBuffer drive = values.get(graph.output().name());
        DeviceBuffer logits = allocate("logits", drive.bytes());
        forward.add(kernel("logits forward", () -> backend.linear().runningMean(drive, logits, count, timeSteps)));
        values.put("logits", logits);
        if (training) {
            DeviceBuffer gradLogits = allocate("logits.gradient", count * Float.BYTES);
            DeviceBuffer gradDrive = gradients.get(graph.output().name());
            backward.add(kernel(
                    "logits backward", () -> backend.linear().spreadMean(gradLogits, gradDrive, count, timeSteps)));
            gradients.put("logits", gradLogits);
        }
    }

    private void define(String name, boolean inTime) {
        values.put(name, allocate(name, bytes(name, inTime)));
        varies.put(name, inTime);
    }

    /** Steps that are elementwise and keep the shape work in place on the way back, as the executor has them. */
    private void defineGradient(Node node, String source) {
        if (!training) {
            return;
        }
        String name = node.name();
        boolean elementwise = node.op().isNeuron() || node.op() instanceof Op.Dropout;
        boolean sameShape = varies.get(name).equals(varies.get(source)) || timeSteps == 1;
        gradients.put(
                name,
                elementwise && sameShape
                        ? gradients.get(source)
                        : allocate(name + ".gradient", bytes(name, varies.get(name))));
    }

    private DeviceBuffer parameters(Node node, int rows) {
        DeviceBuffer buffer = allocate(node.name() + ".parameters", (long) rows * channels(node) * Float.BYTES);
        backend.memory().fill(buffer, 0.5);
        return buffer;
    }

    private int channels(Node node) {
        return graph.shape(node.name()).extent(-1);
    }

    private long bytes(String name, boolean inTime) {
        return graph.shape(name).elements() * batch * factor(inTime) * Float.BYTES;
    }

    private int factor(boolean inTime) {
        return inTime ? timeSteps : 1;
    }

    private DeviceBuffer allocate(String label, long bytes) {
        DeviceBuffer buffer = backend.memory().allocate(label, Math.max(bytes, Float.BYTES));
        closers.add(buffer::close);
        return buffer;
    }

    private static Part primitive(String name, Runnable work) {
        return new Part(name, Part.Kind.PRIMITIVE, work);
    }

    private static Part kernel(String name, Runnable work) {
        return new Part(name, Part.Kind.KERNEL, work);
    }

    @Override
    public void close() {
        for (int index = closers.size() - 1; index >= 0; index--) {
            closers.get(index).run();
        }
    }
}
