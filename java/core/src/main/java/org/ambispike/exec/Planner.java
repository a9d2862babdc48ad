package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Op;

/**
 * Turns a lowered graph into steps, and values into buffers with lifetimes. {@link StepPlanner} knows the operations, and
 * {@link GradientPlanner} does the same for gradients.
 */
final class Planner {
    /** A node and the step that runs it. */
    record Placed(Step step, LoweredNode node) {}

    private final Plan plan;
    private final LoweredGraph graph;
    private final ExecutionOptions options;
    private final Timeline timeline;
    private final List<Placed> placed = new ArrayList<>();

    private Planner(Plan plan) {
        this.plan = plan;
        this.graph = plan.graph();
        this.options = plan.options();
        this.timeline = plan.timeline();
    }

    /**
     * Lowers a graph and plans it.
     *
     * @throws IllegalArgumentException if graph and options do not fit together
     * @throws org.ambispike.common.PrecisionException if the backend's precision cannot do what is asked for
     */
    static Plan plan(Backend backend, Graph graph, ParameterStore store, ExecutionOptions options, RunState state) {
        boolean spiking = graph.isSpiking() || !graph.given().isEmpty();
        if ((options.timeSteps() > 1 || options.streaming()) && !spiking) {
            throw new IllegalArgumentException(
                    (options.streaming() ? "streaming" : "T = " + options.timeSteps()) + " needs a spiking network");
        }
        StorageScheme scheme = StorageScheme.of(backend, graph, options);
        LoweredGraph lowered = Lowering.lower(graph, scheme, options);
        Plan plan = new Plan(backend, lowered, store, options, state);
        new Planner(plan).run();
        return plan;
    }

    private void run() {
        plan.scratch()
                .growTo(plan.backend().memory().scratchBytes(graph.source().classes(), DeviceMemory.SUMS));
        for (LoweredNode node : graph.nodes()) {
            if (node.op() instanceof Op.Input) {
                request(node);
            } else {
                place(node);
            }
        }
        Optional<Step> mean = planLogits();
        if (options.streaming()) {
            keepConstants();
        }
        if (options.training()) {
            plan.logitsGradient(new GradientPlanner(plan).plan(placed, mean));
        }
        plan.memory().layOut();
    }

    private Slot request(LoweredNode node) {
        long bytes = plan.elements(node) * node.type().bytes();
        int from = node.op() instanceof Op.Input ? 0 : node.position(); // inputs are there before the pass
        Slot slot = plan.memory().request(node.name(), bytes, from, node.position());
        plan.values().put(node.name(), slot);
        return slot;
    }

    private void place(LoweredNode node) {
        List<Slot> inputs = node.inputs().stream().map(plan.values()::get).toList();
        inputs.forEach(input -> input.extendTo(node.position()));
        Slot output = request(node);
        Step step = node.op().accept(new StepPlanner(plan, node, new StepBuffers(inputs, output, plan.scratch())));
        if (options.training() && step.readsInputBackward()) {
            inputs.get(0).extendTo(timeline.backward(node.position()));
        }
        placed.add(new Placed(step, node));
        plan.steps().add(step);
        if (node.varies()) {
            plan.repeated().add(step);
        }
    }

    /** Where the last drive varies in time, the logits are its mean. */
    private Optional<Step> planLogits() {
        LoweredNode last = graph.output();
        Slot drive = plan.values().get(last.name());
        Slot logits = drive;
        Optional<Step> mean = Optional.empty();
        if (last.varies()) {
            drive.extendTo(timeline.mean());
            long bytes = plan.elements(last) * Float.BYTES;
            logits = plan.memory().request("logits", bytes, timeline.mean(), timeline.loss());
            mean = Optional.of(meanStep(last, drive, logits));
            plan.steps().add(mean.get());
            plan.repeated().add(mean.get());
        }
        logits.extendTo(timeline.end());
        plan.logits(logits);
        return mean;
    }

    private Step meanStep(LoweredNode last, Slot drive, Slot mean) {
        long count = plan.elementsOfStep(last);
        if (!options.streaming()) {
            return new TimeMeanStep(plan.backend(), count, options.timeSteps(), drive, mean);
        }
        Slot sum = plan.always("logits.sum", count * Float.BYTES);
        plan.stream().add(sum, 1, graph.shape(last).elements());
        return new CallStep(
                new StepBuffers(List.of(drive), mean, plan.scratch()),
                () -> addToMean(drive.buffer(), sum.buffer(), mean.buffer()));
    }

    /** @param sum of the drives so far, kept from pass to pass */
    private void addToMean(DeviceBuffer drive, DeviceBuffer sum, DeviceBuffer mean) {
        Backend backend = plan.backend();
        int time = plan.state().time();
        if (time == 0) {
            backend.memory().fill(sum, 0);
        }
        backend.linear().add(sum, drive, sum);
        backend.memory().copy(sum, mean);
        // the factor of TimeMeanStep's kernel, to the last bit
        backend.linear().scale(mean, 1f / (time + 1));
    }

    /** Keeps what is constant in time: it is computed in the first pass of a run, and read in all. */
    private void keepConstants() {
        Set<String> kept = new HashSet<>();
        for (LoweredNode reader : graph.nodes()) {
            for (String name : reader.inputs()) {
                LoweredNode input = graph.node(name);
                if (reader.varies() && !input.varies() && kept.add(name)) {
                    Slot slot = plan.values().get(name);
                    slot.keepUntil(timeline.end());
                    plan.stream().add(slot, 1, graph.shape(input).elements());
                }
            }
        }
    }
}
