package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.Sloped;

/** Plans the steps of neurons: of an ANN, of a spiking network through all T steps, and of one that streams. */
final class NeuronPlanner {
    private static final List<String> SPIKE_PARAMETERS =
            List.of("thetaPositive", "thetaNegative", "startPositive", "startNegative");
    private static final List<String> STEP_PARAMETERS = List.of("gains", "stepBias");
    private static final List<String> CLIP_PARAMETERS = List.of("thetaPositive", "thetaNegative");

    private final Plan plan;
    private final Backend backend;
    private final ExecutionOptions options;
    private final Timeline timeline;
    private final LoweredNode node;
    private final StepBuffers buffers;
    private final int channels;
    private final long neurons;

    /** @param buffers of whose inputs the first is the drive */
    NeuronPlanner(Plan plan, LoweredNode node, StepBuffers buffers) {
        this.plan = plan;
        this.backend = plan.backend();
        this.options = plan.options();
        this.timeline = plan.timeline();
        this.node = node;
        this.buffers = buffers;
        this.channels = plan.graph().channels(node);
        this.neurons = plan.elementsOfStep(node);
        plan.scratch().growTo(backend.memory().scratchBytes(channels, DeviceMemory.SUMS));
    }

    ActivationStep activation(Op.Activation op) {
        NeuronParameters parameters =
                parameters(op, op.kind() == Op.ActivationKind.LEAKY ? List.of() : CLIP_PARAMETERS, 0);
        if (options.rates()) {
            buffers.output().extendTo(timeline.loss());
            plan.rates().put(node.name(), buffers.output());
        }
        return new ActivationStep(
                backend,
                plan.state(),
                new ActivationLayout(
                        op.kind(),
                        op.levels(),
                        plan.elements(node) / channels,
                        channels,
                        options.training() ? options.dither() : 0),
                parameters,
                rateGradient(),
                buffers);
    }

    Step spike(Op.Spike op) {
        SpikeStep.Observed observed = observed();
        NeuronParameters parameters = parameters(op, SPIKE_PARAMETERS, op.gains());
        plan.parameters().put(node.name(), parameters);
        if (options.trace()) {
            buffers.output().extendTo(timeline.end());
            plan.emitted().put(node.name(), buffers.output());
        }
        if (options.drives()) {
            buffers.input().extendTo(timeline.end());
            plan.drives().put(node.name(), buffers.input());
        }
        SpikeOutput spikes = output(op, parameters);
        if (options.streaming()) {
            return streamed(op, spikes, observed);
        }
        boolean constant = !plan.graph().node(node.inputs().get(0)).varies();
        SpikeLayout layout = layout(op, neurons / channels, constant, 0);
        plan.scratch().growTo(backend.memory().scratchBytes(channels, layout.gradients()));
        return new SpikeStep(backend, plan.state(), layout, parameters, spikes, observed, buffers);
    }

    private StreamedSpikeStep streamed(Op.Spike op, SpikeOutput spikes, SpikeStep.Observed observed) {
        long elements = neurons / options.batch();
        Slot membranes = plan.always(node.name() + ".membranes", 2 * neurons * Float.BYTES);
        Optional<Slot> sums = pool().map(geometry -> plan.sums(node.name(), geometry));
        plan.stream().add(membranes, 2, elements);
        observed.rate().ifPresent(rate -> plan.stream().add(rate, 1, elements));
        observed.counts().ifPresent(plan.stream()::addCounts);
        SpikeLayout[][] layouts = IntStream.rangeClosed(0, op.gains())
                .mapToObj(past -> IntStream.rangeClosed(1, options.batch())
                        .mapToObj(images -> layout(op, images * elements / channels, false, past))
                        .toArray(SpikeLayout[]::new))
                .toArray(SpikeLayout[][]::new);
        return new StreamedSpikeStep(
                backend,
                plan.state(),
                layouts,
                spikes,
                new StreamedSpikeStep.Carry(membranes, sums),
                observed,
                buffers);
    }

    private SpikeLayout layout(Op.Spike op, long rows, boolean constantDrive, int past) {
        SpikeLayout layout = new SpikeLayout(
                op.model(),
                options.timeSteps(),
                rows,
                channels,
                constantDrive,
                options.smooth() && !options.streaming(),
                op.quanta());
        return layout.with(new SpikeLayout.Gains(op.gains(), past)).behind(pool());
    }

    /** The max pool that the neurons do too, if there is one. */
    private Optional<MaxPoolGeometry> pool() {
        return node.fused().stream()
                .filter(fused -> fused.op() instanceof Op.MaxPool)
                .map(fused -> ((Op.MaxPool) fused.op()).geometry())
                .findFirst();
    }

    private SpikeOutput output(Op.Spike op, NeuronParameters parameters) {
        return switch (node.type()) {
            case F32 -> new F32Spikes(backend, parameters);
            case BF16, SPIKE_BYTE -> bf16Spikes(parameters);
            case LEVELS -> int8Spikes(op, parameters);
        };
    }

    private Bf16Spikes bf16Spikes(NeuronParameters parameters) {
        Optional<Bf16Spikes.Drive> second = node.inputs().size() > 1 ? Optional.of(drive(1)) : Optional.empty();
        return new Bf16Spikes(
                backend.bf16().orElseThrow(),
                parameters,
                drive(0),
                second,
                node.type().bf16Storage());
    }

    private Bf16Spikes.Drive drive(int index) {
        LoweredNode source = plan.graph().node(node.inputs().get(index));
        Optional<DeviceBuffer> bias = source.leavesBias()
                ? Optional.of(plan.store().value(source.node().parameter("bias")))
                : Optional.empty();
        Slot values = plan.values().get(source.name());
        return new Bf16Spikes.Drive(values, !source.varies(), source.type().bf16Storage(), bias);
    }

    /** Levels of a spike are so few that the largest sum of spikes fits into a byte. */
    private Int8Spikes int8Spikes(Op.Spike op, NeuronParameters parameters) {
        Int8Spikes spikes = new Int8Spikes(
                backend,
                op,
                parameters,
                channels,
                Int8Operations.MOST_LEVELS / plan.graph().largestWindow(node),
                neurons / channels,
                plan.always(node.name() + ".levels", 3L * channels * Float.BYTES));
        plan.levels().put(node.name(), spikes);
        return spikes;
    }

    private SpikeStep.Observed observed() {
        // sums over a run that is streamed
        int rateFrom = options.streaming() ? 0 : node.position();
        int rateTo = options.streaming() ? timeline.end() : timeline.loss();
        Optional<Slot> rate = options.rates()
                ? wanted(plan.rates(), "rate", neurons * Float.BYTES, rateFrom, rateTo)
                : Optional.empty();
        Optional<Slot> counts = options.counts()
                ? wanted(plan.counts(), "counts", 2L * Long.BYTES * options.timeSteps(), 0, timeline.end())
                : Optional.empty();
        return new SpikeStep.Observed(rate, counts, rateGradient());
    }

    private Optional<Slot> rateGradient() {
        return options.rateGradients() && options.training()
                ? wanted(
                        plan.rateGradients(),
                        "rateGradient",
                        neurons * Float.BYTES,
                        timeline.loss(),
                        timeline.backward(node.position()))
                : Optional.empty();
    }

    private Optional<Slot> wanted(Map<String, Slot> slots, String what, long bytes, int from, int to) {
        Slot slot = plan.memory().request(node.name() + "." + what, bytes, from, to);
        slots.put(node.name(), slot);
        return Optional.of(slot);
    }

    /** The slopes, which are not trained, lie behind the parameters of all steps, and before those by step. */
    private NeuronParameters parameters(Sloped op, List<String> names, int gains) {
        int trained = (names.size() + gains * STEP_PARAMETERS.size()) * channels;
        long bytes = (long) trained * Float.BYTES;
        float[] first = new float[trained + channels];
        System.arraycopy(op.slopes(channels), 0, first, names.size() * channels, channels);
        Slot current = plan.always(node.name() + ".parameters", (long) first.length * Float.BYTES);
        current.holding(first);
        Slot gradients = options.training()
                ? plan.memory()
                        .request(
                                node.name() + ".parameterGradients",
                                bytes,
                                timeline.backward(node.position()),
                                timeline.end())
                : current;
        return new NeuronParameters(backend, plan.store(), channels, current, gradients, rows(names, gains));
    }

    private List<NeuronParameters.Rows> rows(List<String> names, int gains) {
        List<NeuronParameters.Rows> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(new NeuronParameters.Rows(node.node().parameter(name), rows.size(), rows.size(), 1));
        }
        for (String name : gains > 0 ? STEP_PARAMETERS : List.<String>of()) {
            int first = names.size() + STEP_PARAMETERS.indexOf(name) * gains;
            rows.add(new NeuronParameters.Rows(node.node().parameter(name), first + 1, first, gains));
        }
        return rows;
    }
}
