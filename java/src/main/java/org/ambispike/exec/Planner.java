package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.tensor.Shape;

/**
 * Turns a graph into steps and buffers with lifetimes. Moments: node i runs forward at i, the mean over time at n, the
 * loss at n + 1, the mean's gradient at n + 2, node i backward at 2n + 2 - i.
 */
final class Planner {
    private static final List<String> SPIKE_PARAMETERS =
            List.of("thetaPositive", "thetaNegative", "startPositive", "startNegative");
    private static final List<String> CLIP_PARAMETERS = List.of("thetaPositive", "thetaNegative");

    /** What a node gives; {@code varies} if it differs from step to step. */
    private record Value(Slot slot, boolean varies) {}

    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final ExecutionOptions options;
    private final RunState state;
    private final MemoryPlan memory = new MemoryPlan();
    private final List<Step> steps = new ArrayList<>();
    private final List<Integer> stepNodes = new ArrayList<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final Map<String, Slot> rates = new LinkedHashMap<>();
    private final Map<String, Slot> rateGradients = new LinkedHashMap<>();
    private final Map<String, Slot> counts = new LinkedHashMap<>();
    private final List<LinearKernel> linearKernels = new ArrayList<>();
    private final int nodes;
    private final Slot scratch;
    private Slot input;
    private Slot logits;
    private Slot logitsGradient;

    Planner(Backend backend, Graph graph, ParameterStore store, ExecutionOptions options, RunState state) {
        this.backend = backend;
        this.graph = graph;
        this.store = store;
        this.options = options;
        this.state = state;
        this.nodes = graph.nodes().size();
        if (options.timeSteps() > 1 && !graph.isSpiking()) {
            throw new IllegalArgumentException("T = " + options.timeSteps() + " needs a spiking network");
        }
        this.scratch = memory.request("scratch", scratchBytes(), 0, end());
        planForward();
        if (options.training()) {
            planBackward();
        }
        memory.layOut();
    }

    /** Kernels' scratch is sized when all of them are known, so the widest layer is asked for first. */
    private long scratchBytes() {
        long bytes = backend.scratchBytes(graph.classes());
        for (Node node : graph.neurons()) {
            bytes = Math.max(
                    bytes, backend.scratchBytes(graph.shape(node.name()).extent(-1)));
        }
        boolean varies = false;
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Spike) {
                varies = true;
            }
            if (node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear) {
                LinearKernel kernel = planKernel(node, varies);
                linearKernels.add(kernel);
                bytes = Math.max(bytes, kernel.scratchBytes());
            }
        }
        return bytes;
    }

    private LinearKernel planKernel(Node node, boolean varies) {
        int images = options.batch() * (varies ? options.timeSteps() : 1);
        if (node.op() instanceof Op.Conv2d conv) {
            return backend.planConvolution(node.name(), conv.geometry(), images, options.training());
        }
        Op.Linear linear = (Op.Linear) node.op();
        return backend.planMatMul(node.name(), images, linear.inputs(), linear.outputs(), options.training());
    }

    private int lossMoment() {
        return nodes + 1;
    }

    private int backwardMoment(int position) {
        return 2 * nodes + 2 - position;
    }

    private int end() {
        return 2 * nodes + 3;
    }

    private long bytes(Shape shape, boolean varies) {
        return shape.elements() * options.batch() * (varies ? options.timeSteps() : 1) * Float.BYTES;
    }

    private void planForward() {
        int kernel = 0;
        for (int position = 0; position < nodes; position++) {
            Node node = graph.nodes().get(position);
            positions.put(node.name(), position);
            Shape shape = graph.shape(node.name());
            if (node.op() instanceof Op.Input) {
                input = memory.request(node.name(), bytes(shape, false), 0, 0);
                values.put(node.name(), new Value(input, false));
                continue;
            }
            Value source = values.get(node.inputs().get(0));
            source.slot().extendTo(position);
            if (node.op() instanceof Op.Dropout dropout && !options.training()) {
                values.put(node.name(), source);
                continue;
            }
            boolean varies = source.varies() || node.op() instanceof Op.Spike;
            Slot output = memory.request(node.name(), bytes(shape, varies), position, position);
            if (options.training() && readsInputBackward(node.op())) {
                source.slot().extendTo(backwardMoment(position));
            }
            Step step =
                    switch (kind(node.op())) {
                        case LINEAR -> linearStep(node, linearKernels.get(kernel++), source.slot(), output);
                        case POOL -> new PoolStep(
                                backend.planAveragePool(
                                        node.name(),
                                        ((Op.AveragePool) node.op()).geometry(),
                                        options.batch() * (varies ? options.timeSteps() : 1)),
                                source.slot(),
                                output);
                        case DROPOUT -> new DropoutStep(
                                backend,
                                state,
                                ((Op.Dropout) node.op()).probability(),
                                position,
                                bytes(shape, varies) / Float.BYTES,
                                source.slot(),
                                output);
                        case ACTIVATION -> activationStep(node, shape, varies, source.slot(), output);
                        case SPIKE -> spikeStep(node, shape, source, output);
                    };
            steps.add(step);
            stepNodes.add(position);
            values.put(node.name(), new Value(output, varies));
        }
        planLogits();
    }

    private enum Kind {
        LINEAR,
        POOL,
        DROPOUT,
        ACTIVATION,
        SPIKE
    }

    private static Kind kind(Op op) {
        if (op instanceof Op.Conv2d || op instanceof Op.Linear) {
            return Kind.LINEAR;
        }
        if (op instanceof Op.AveragePool) {
            return Kind.POOL;
        }
        if (op instanceof Op.Dropout) {
            return Kind.DROPOUT;
        }
        if (op instanceof Op.Activation) {
            return Kind.ACTIVATION;
        }
        if (op instanceof Op.Spike) {
            return Kind.SPIKE;
        }
        throw new IllegalArgumentException("the executor has no step for " + op);
    }

    private static boolean readsInputBackward(Op op) {
        Kind kind = kind(op);
        return kind == Kind.LINEAR || kind == Kind.ACTIVATION || kind == Kind.SPIKE;
    }

    private LinearStep linearStep(Node node, LinearKernel kernel, Slot source, Slot output) {
        Slot own = memory.request(node.name() + ".kernel", kernel.ownBytes(), 0, end());
        return new LinearStep(kernel, store, node, own, scratch, source, output);
    }

    private NeuronParameters parameters(Node node, List<String> names, int channels) {
        long bytes = (long) names.size() * channels * Float.BYTES;
        Slot current = memory.request(node.name() + ".parameters", bytes, 0, end());
        Slot gradients = options.training()
                ? memory.request(
                        node.name() + ".parameterGradients", bytes, backwardMoment(positions.get(node.name())), end())
                : current;
        return new NeuronParameters(backend, store, node, names, channels, current, gradients);
    }

    private ActivationStep activationStep(Node node, Shape shape, boolean varies, Slot source, Slot output) {
        Op.Activation op = (Op.Activation) node.op();
        int channels = shape.extent(-1);
        ActivationLayout layout = new ActivationLayout(
                op.kind(), op.alpha(), op.levels(), bytes(shape, varies) / Float.BYTES / channels, channels);
        Optional<NeuronParameters> parameters = op.kind() == Op.ActivationKind.LEAKY
                ? Optional.empty()
                : Optional.of(parameters(node, CLIP_PARAMETERS, channels));
        if (options.rates()) {
            output.extendTo(lossMoment());
            rates.put(node.name(), output);
        }
        return new ActivationStep(backend, state, layout, parameters, source, output, scratch);
    }

    private SpikeStep spikeStep(Node node, Shape shape, Value source, Slot output) {
        Op.Spike op = (Op.Spike) node.op();
        int channels = shape.extent(-1);
        int position = positions.get(node.name());
        SpikeLayout layout = new SpikeLayout(
                op.model(),
                op.alpha(),
                options.timeSteps(),
                bytes(shape, false) / Float.BYTES / channels,
                channels,
                !source.varies(),
                options.smooth());
        if (options.rates()) {
            rates.put(node.name(), memory.request(node.name() + ".rate", bytes(shape, false), position, lossMoment()));
        }
        if (options.counts()) {
            counts.put(
                    node.name(),
                    memory.request(node.name() + ".counts", 2L * Long.BYTES * options.timeSteps(), 0, end()));
        }
        SpikeStep.Observed observed = new SpikeStep.Observed(
                Optional.ofNullable(rates.get(node.name())),
                Optional.ofNullable(counts.get(node.name())),
                rateGradient(node, shape));
        return new SpikeStep(
                backend,
                state,
                layout,
                parameters(node, SPIKE_PARAMETERS, channels),
                observed,
                source.slot(),
                output,
                scratch);
    }

    private Optional<Slot> rateGradient(Node node, Shape shape) {
        if (!options.rateGradients() || !options.training()) {
            return Optional.empty();
        }
        int backward = backwardMoment(positions.get(node.name()));
        return Optional.of(rateGradients.computeIfAbsent(
                node.name(),
                name -> memory.request(name + ".rateGradient", bytes(shape, false), lossMoment(), backward)));
    }

    private void planLogits() {
        Value last = values.get(graph.output().name());
        Shape classes = Shape.of(graph.classes());
        if (!last.varies()) {
            logits = last.slot();
        } else {
            last.slot().extendTo(nodes);
            logits = memory.request("logits", bytes(classes, true), nodes, lossMoment());
            steps.add(new TimeMeanStep(
                    backend, (long) options.batch() * graph.classes(), options.timeSteps(), last.slot(), logits));
            stepNodes.add(nodes);
        }
        logits.extendTo(end());
    }

    private void planBackward() {
        Map<String, Slot> gradients = new HashMap<>();
        Shape classes = Shape.of(graph.classes());
        boolean varies = values.get(graph.output().name()).varies();
        int last = nodes - 1;
        logitsGradient = memory.request(
                "logits.gradient", bytes(classes, false), lossMoment(), varies ? nodes + 2 : backwardMoment(last));
        Slot outputGradient = logitsGradient;
        if (varies) {
            outputGradient = memory.request("drive.gradient", bytes(classes, true), nodes + 2, backwardMoment(last));
            ((TimeMeanStep) steps.get(steps.size() - 1)).gradients(outputGradient, logitsGradient);
        }
        gradients.put(graph.output().name(), outputGradient);
        for (int index = steps.size() - 1; index >= 0; index--) {
            int position = stepNodes.get(index);
            if (position == nodes) {
                continue;
            }
            Node node = graph.nodes().get(position);
            Slot ofOutput = gradients.remove(node.name());
            if (ofOutput == null) {
                throw new IllegalArgumentException("node '" + node.name() + "' leads to no loss");
            }
            Slot ofInput = connectBackward(steps.get(index), node, position, ofOutput);
            if (gradients.put(node.inputs().get(0), ofInput) != null) {
                throw new IllegalArgumentException(
                        "node '" + node.inputs().get(0) + "' is read twice; branches cannot be trained");
            }
        }
    }

    /** Plans one step's gradients; elementwise steps work in place. */
    private Slot connectBackward(Step step, Node node, int position, Slot ofOutput) {
        String inputName = node.inputs().get(0);
        int readAt = backwardMoment(positions.get(inputName));
        Shape inputShape = graph.shape(inputName);
        boolean inputVaries = values.get(inputName).varies();
        if (step instanceof DropoutStep dropout) {
            dropout.gradient(ofOutput);
            ofOutput.extendTo(readAt);
            return ofOutput;
        }
        if (step instanceof ActivationStep activation) {
            activation.gradients(ofOutput, rateGradient(node, graph.shape(node.name())));
            ofOutput.extendTo(readAt);
            return ofOutput;
        }
        if (step instanceof SpikeStep spike) {
            boolean inPlace = inputVaries || options.timeSteps() == 1;
            Slot ofInput = inPlace ? ofOutput : gradientOf(inputName, inputShape, inputVaries, position, readAt);
            ofInput.extendTo(readAt);
            spike.gradients(ofInput, ofOutput);
            return ofInput;
        }
        boolean wanted = !(graph.node(inputName).op() instanceof Op.Input);
        Slot ofInput = wanted ? gradientOf(inputName, inputShape, inputVaries, position, readAt) : ofOutput;
        if (step instanceof LinearStep linear) {
            linear.gradients(ofInput, ofOutput);
        } else if (step instanceof PoolStep pool) {
            pool.gradients(ofInput, ofOutput);
        }
        return ofInput;
    }

    private Slot gradientOf(String name, Shape shape, boolean varies, int position, int readAt) {
        return memory.request(name + ".gradient", bytes(shape, varies), backwardMoment(position), readAt);
    }

    MemoryPlan memory() {
        return memory;
    }

    List<Step> steps() {
        return steps;
    }

    Slot input() {
        return input;
    }

    Slot logits() {
        return logits;
    }

    Optional<Slot> logitsGradient() {
        return Optional.ofNullable(logitsGradient);
    }

    Slot scratch() {
        return scratch;
    }

    Map<String, Slot> rates() {
        return rates;
    }

    Map<String, Slot> rateGradients() {
        return rateGradients;
    }

    Map<String, Slot> counts() {
        return counts;
    }
}
