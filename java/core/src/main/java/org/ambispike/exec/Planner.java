package org.ambispike.exec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/** Turns a graph into steps, and values into buffers with lifetimes; {@link GradientPlanner} does so for gradients. */
final class Planner {
    private static final List<String> SPIKE_PARAMETERS =
            List.of("thetaPositive", "thetaNegative", "startPositive", "startNegative");
    private static final List<String> CLIP_PARAMETERS = List.of("thetaPositive", "thetaNegative");

    /** What a node gives; {@code varies} if it differs from step to step. */
    record Value(Slot slot, boolean varies, int position) {}

    /**
     * A step and the node it runs.
     *
     * @param inputs the nodes whose values are the step's inputs, in its order
     */
    record Placed(Step step, Node node, List<String> inputs) {}

    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final ExecutionOptions options;
    private final RunState state;
    private final Timeline timeline;
    private final MemoryPlan memory = new MemoryPlan();
    private final List<Placed> placed = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, LinearKernel> kernels = new LinkedHashMap<>();
    private final Map<String, Slot> rates = new LinkedHashMap<>();
    private final Map<String, Slot> rateGradients = new LinkedHashMap<>();
    private final Map<String, Slot> counts = new LinkedHashMap<>();
    private final Map<String, Slot> emitted = new LinkedHashMap<>();
    private final List<Step> repeated = new ArrayList<>();
    private final Optional<StoredForm> form;
    private final Optional<StreamPlanner> streaming;
    private final Optional<StreamState> streamState;
    private final Slot scratch;
    private final Slot dropoutSeed;
    private final Slot input;
    private final Slot logits;
    private final Optional<Slot> logitsGradient;

    Planner(Backend backend, Graph graph, ParameterStore store, ExecutionOptions options, RunState state) {
        this.backend = backend;
        this.graph = graph;
        this.store = store;
        this.options = options;
        this.state = state;
        this.timeline = new Timeline(graph.nodes().size());
        if ((options.timeSteps() > 1 || options.streaming()) && !graph.isSpiking()) {
            throw new IllegalArgumentException(
                    (options.streaming() ? "streaming" : "T = " + options.timeSteps()) + " needs a spiking network");
        }
        if (options.trace() && backend.precision() == Precision.INT8) {
            throw new PrecisionException("traces of spikes are taken in f32 or bf16, not in int8");
        }
        this.form = Int8Planner.of(backend, graph, store, options, memory, timeline)
                .<StoredForm>map(bytes -> bytes)
                .or(() -> Bf16Planner.of(backend, graph, store, options, memory, timeline));
        this.streaming = options.streaming()
                ? Optional.of(new StreamPlanner(backend, state, memory, timeline, graph, options.batch()))
                : Optional.empty();
        this.scratch = memory.request("scratch", scratchBytes(), 0, timeline.end());
        this.dropoutSeed = memory.request("dropout.seed", 2L * Long.BYTES, 0, timeline.end());
        Node first = graph.nodes().get(0);
        this.input = memory.request(first.name(), bytes(graph.inputShape(), false), 0, 0);
        values.put(first.name(), new Value(input, false, 0));
        for (int position = 1; position < graph.nodes().size(); position++) {
            place(graph.nodes().get(position), position);
        }
        Value last = values.get(graph.output().name());
        this.logits = last.varies() ? planMean(last) : last.slot();
        logits.extendTo(timeline.end());
        this.streamState = streaming.map(stream -> stream.keep(values));
        this.logitsGradient = options.training()
                ? Optional.of(new GradientPlanner(backend, memory, timeline, graph, values, this::bytes)
                        .plan(
                                placed,
                                steps,
                                last.varies() ? Optional.of(steps.get(steps.size() - 1)) : Optional.empty()))
                : Optional.empty();
        memory.layOut();
    }

    /** One scratch buffer serves all; kernels are planned first to learn the largest wish. */
    private long scratchBytes() {
        long bytes = backend.scratchBytes(graph.classes());
        for (Node node : graph.nodes()) {
            if (node.op().isNeuron() || node.op() instanceof Op.BatchNorm) {
                bytes = Math.max(bytes, backend.scratchBytes(channels(node)));
            }
        }
        Set<String> varying = new HashSet<>();
        for (Node node : graph.nodes()) {
            boolean varies = node.inputs().stream().anyMatch(varying::contains);
            if (varies || node.op() instanceof Op.Spike) {
                varying.add(node.name());
            }
            if (plannedByForm(node)) {
                bytes = Math.max(bytes, form.get().planKernel(node, varies));
            } else if (node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear) {
                LinearKernel kernel = planKernel(node, varies);
                kernels.put(node.name(), kernel);
                bytes = Math.max(bytes, kernel.scratchBytes());
            }
        }
        return bytes;
    }

    private boolean plannedByForm(Node node) {
        return form.isPresent() && form.get().plans(node);
    }

    private LinearKernel planKernel(Node node, boolean varies) {
        if (node.op() instanceof Op.Conv2d conv) {
            return backend.planConvolution(node.name(), conv.geometry(), images(varies), options.training());
        }
        Op.Linear linear = (Op.Linear) node.op();
        return backend.planMatMul(node.name(), images(varies), linear.inputs(), linear.outputs(), options.training());
    }

    private int images(boolean varies) {
        return options.batch() * (varies ? options.timeSteps() : 1);
    }

    private long bytes(Shape shape, boolean varies) {
        return shape.elements() * images(varies) * Float.BYTES;
    }

    private int channels(Node node) {
        return graph.shape(node.name()).extent(-1);
    }

    private void place(Node node, int position) {
        if (form.isPresent() && form.get().joins(node)) {
            return;
        }
        List<String> inputs = inOrder(form.isPresent() ? form.get().reads(node) : node.inputs());
        inputs.forEach(input -> values.get(input).slot().extendTo(position));
        Value source = values.get(inputs.get(0));
        if (node.op() instanceof Op.Dropout && !options.training()) {
            values.put(node.name(), source);
            return;
        }
        boolean varies = source.varies() || node.op() instanceof Op.Spike;
        Shape shape = graph.shape(node.name());
        int elementBytes = form.isPresent() ? form.get().elementBytes(node) : Float.BYTES;
        Slot output = memory.request(node.name(), shape.elements() * images(varies) * elementBytes, position, position);
        Value value = new Value(output, varies, position);
        Step step = plan(node, inputs, value);
        if (options.training() && step.readsInputBackward()) {
            source.slot().extendTo(timeline.backward(position));
        }
        placed.add(new Placed(step, node, inputs));
        steps.add(step);
        if (varies) {
            repeated.add(step);
        }
        values.put(node.name(), value);
    }

    private Step plan(Node node, List<String> inputs, Value value) {
        if (plannedByForm(node)) {
            return form.get().step(node, inputs, sources(inputs), value, scratch);
        }
        if (node.op() instanceof Op.Spike spike) {
            return spikeStep(node, spike, inputs, value);
        }
        return node.op() instanceof Op.Add ? addStep(inputs, value) : step(node, values.get(inputs.get(0)), value);
    }

    private List<Value> sources(List<String> inputs) {
        return inputs.stream().map(values::get).toList();
    }

    /** Of the inputs of a sum, those that vary in time come first. */
    private List<String> inOrder(List<String> inputs) {
        return inputs.stream()
                .sorted(Comparator.comparing(input -> !values.get(input).varies()))
                .toList();
    }

    private AddStep addStep(List<String> inputs, Value value) {
        Value first = values.get(inputs.get(0));
        Value second = values.get(inputs.get(1));
        long count = bytes(graph.shape(inputs.get(1)), second.varies()) / Float.BYTES;
        int times = first.varies() && !second.varies() ? options.timeSteps() : 1;
        return new AddStep(backend, count, times, first.slot(), second.slot(), value.slot());
    }

    private Step step(Node node, Value source, Value value) {
        if (node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear) {
            LinearKernel kernel = kernels.get(node.name());
            Slot own = memory.request(node.name() + ".kernel", kernel.ownBytes(), 0, timeline.end());
            return new LinearStep(kernel, store, node, own, scratch, source.slot(), value.slot());
        }
        if (node.op() instanceof Op.AveragePool pool) {
            return new PoolStep(
                    backend.planAveragePool(node.name(), pool.geometry(), images(value.varies())),
                    source.slot(),
                    value.slot());
        }
        if (node.op() instanceof Op.BatchNorm norm) {
            return batchNormStep(node, norm, source, value);
        }
        if (node.op() instanceof Op.Dropout dropout) {
            long count = bytes(graph.shape(node.name()), value.varies()) / Float.BYTES;
            return new DropoutStep(
                    backend, dropoutSeed, dropout.probability(), value.position(), count, source.slot(), value.slot());
        }
        if (node.op() instanceof Op.Activation activation) {
            return activationStep(node, activation, source, value);
        }
        throw new IllegalArgumentException("node '" + node.name() + "': the executor has no step for " + node.op());
    }

    private BatchNormStep batchNormStep(Node node, Op.BatchNorm op, Value source, Value value) {
        if (options.training() && graph.isSpiking()) {
            throw new IllegalArgumentException("node '" + node.name()
                    + "': batch normalisation is folded before a network is trained through time");
        }
        int channels = channels(node);
        long rows = bytes(graph.shape(node.name()), value.varies()) / Float.BYTES / channels;
        Optional<Slot> statistics = options.training()
                ? Optional.of(memory.request(
                        node.name() + ".statistics",
                        2L * channels * Float.BYTES,
                        value.position(),
                        timeline.backward(value.position())))
                : Optional.empty();
        return new BatchNormStep(
                backend,
                new BatchNormLayout(rows, channels, op.epsilon(), op.momentum()),
                store,
                node,
                statistics,
                source.slot(),
                value.slot(),
                scratch);
    }

    private ActivationStep activationStep(Node node, Op.Activation op, Value source, Value value) {
        long rows = bytes(graph.shape(node.name()), value.varies()) / Float.BYTES / channels(node);
        Optional<NeuronParameters> parameters = op.kind() == Op.ActivationKind.LEAKY
                ? Optional.empty()
                : Optional.of(parameters(node, CLIP_PARAMETERS, value.position()));
        if (options.rates()) {
            value.slot().extendTo(timeline.loss());
            rates.put(node.name(), value.slot());
        }
        return new ActivationStep(
                backend,
                state,
                new ActivationLayout(
                        op.kind(),
                        op.alpha(),
                        op.levels(),
                        rows,
                        channels(node),
                        options.training() ? options.dither() : 0),
                parameters,
                rateGradient(node, value.position()),
                source.slot(),
                value.slot(),
                scratch);
    }

    private Step spikeStep(Node node, Op.Spike op, List<String> inputs, Value value) {
        Value source = values.get(inputs.get(0));
        long neurons = bytes(graph.shape(node.name()), false) / Float.BYTES;
        // sums over a run that is streamed
        int rateFrom = options.streaming() ? 0 : value.position();
        int rateTo = options.streaming() ? timeline.end() : timeline.loss();
        SpikeStep.Observed observed = new SpikeStep.Observed(
                wanted(options.rates(), rates, node, "rate", neurons * Float.BYTES, rateFrom, rateTo),
                wanted(
                        options.counts(),
                        counts,
                        node,
                        "counts",
                        2L * Long.BYTES * options.timeSteps(),
                        0,
                        timeline.end()),
                rateGradient(node, value.position()));
        NeuronParameters parameters = parameters(node, SPIKE_PARAMETERS, value.position());
        if (options.trace()) {
            value.slot().extendTo(timeline.end());
            emitted.put(node.name(), value.slot());
        }
        SpikeOutput spikes = form.flatMap(planner -> planner.spikes(node, op, parameters, inputs, sources(inputs)))
                .orElseGet(() -> new F32Spikes(backend, parameters));
        if (streaming.isPresent()) {
            return streaming.get().spikeStep(node, op, spikes, observed, source, value);
        }
        SpikeLayout layout = new SpikeLayout(
                op.model(),
                op.alpha(),
                options.timeSteps(),
                neurons / channels(node),
                channels(node),
                !source.varies(),
                options.smooth(),
                op.quanta());
        return new SpikeStep(
                backend, state, layout, parameters, spikes, observed, source.slot(), value.slot(), scratch);
    }

    private Optional<Slot> wanted(
            boolean wanted, Map<String, Slot> slots, Node node, String what, long bytes, int from, int to) {
        if (!wanted) {
            return Optional.empty();
        }
        Slot slot = memory.request(node.name() + "." + what, bytes, from, to);
        slots.put(node.name(), slot);
        return Optional.of(slot);
    }

    private Optional<Slot> rateGradient(Node node, int position) {
        return wanted(
                options.rateGradients() && options.training(),
                rateGradients,
                node,
                "rateGradient",
                bytes(graph.shape(node.name()), false),
                timeline.loss(),
                timeline.backward(position));
    }

    private NeuronParameters parameters(Node node, List<String> names, int position) {
        long bytes = (long) names.size() * channels(node) * Float.BYTES;
        Slot current = memory.request(node.name() + ".parameters", bytes, 0, timeline.end());
        Slot gradients = options.training()
                ? memory.request(
                        node.name() + ".parameterGradients", bytes, timeline.backward(position), timeline.end())
                : current;
        return new NeuronParameters(backend, store, node, names, channels(node), current, gradients);
    }

    private Slot planMean(Value drive) {
        drive.slot().extendTo(timeline.mean());
        Shape output = graph.outputShape();
        Slot mean = memory.request("logits", bytes(output, true), timeline.mean(), timeline.loss());
        long count = bytes(output, false) / Float.BYTES;
        Step step = streaming.isPresent()
                ? streaming.get().meanStep(drive.slot(), mean)
                : new TimeMeanStep(backend, count, options.timeSteps(), drive.slot(), mean);
        steps.add(step);
        repeated.add(step);
        return mean;
    }

    MemoryPlan memory() {
        return memory;
    }

    /** In the order of the forward pass. */
    List<Step> steps() {
        return steps;
    }

    /** The steps whose results differ from one time step to the next. */
    List<Step> repeated() {
        return repeated;
    }

    /** @throws IllegalStateException if this is not planned for streaming */
    StreamState stream() {
        return streamState.orElseThrow(() -> new IllegalStateException("not planned for streaming"));
    }

    Slot input() {
        return input;
    }

    Slot logits() {
        return logits;
    }

    Optional<Slot> logitsGradient() {
        return logitsGradient;
    }

    /** Seed and offset of the dropout masks, 64-bit integers. */
    Slot dropoutSeed() {
        return dropoutSeed;
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

    Map<String, Slot> emitted() {
        return emitted;
    }
}
