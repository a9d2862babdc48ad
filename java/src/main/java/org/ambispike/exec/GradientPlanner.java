package org.ambispike.exec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Placed;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Op;
import org.ambispike.tensor.Shape;

/** Gives the backward pass of planned steps its buffers; elementwise steps work in place. */
final class GradientPlanner {
    /** Bytes of a value for the whole batch, and for all T steps where it varies. */
    interface Sizes {
        long bytes(Shape shape, boolean varies);
    }

    private final MemoryPlan memory;
    private final Timeline timeline;
    private final Graph graph;
    private final Map<String, Value> values;
    private final Sizes sizes;

    GradientPlanner(MemoryPlan memory, Timeline timeline, Graph graph, Map<String, Value> values, Sizes sizes) {
        this.memory = memory;
        this.timeline = timeline;
        this.graph = graph;
        this.values = values;
        this.sizes = sizes;
    }

    /**
     * Connects all steps, last to first.
     *
     * @param mean the step that averages the logits over time, if there is one
     * @return where the gradient of the final logits is to be written
     * @throws IllegalArgumentException naming a node that branches or leads nowhere
     */
    Slot plan(List<Placed> placed, Optional<Step> mean) {
        Shape classes = Shape.of(graph.classes());
        int last = timeline.backward(graph.nodes().size() - 1);
        Slot logits = memory.request(
                "logits.gradient",
                sizes.bytes(classes, false),
                timeline.loss(),
                mean.isPresent() ? timeline.meanGradient() : last);
        Slot drive = logits;
        if (mean.isPresent()) {
            drive = memory.request("drive.gradient", sizes.bytes(classes, true), timeline.meanGradient(), last);
            mean.get().connect(Optional.of(drive), logits);
        }
        Map<String, Slot> gradients = new HashMap<>();
        gradients.put(graph.output().name(), drive);
        for (int index = placed.size() - 1; index >= 0; index--) {
            connect(placed.get(index), gradients);
        }
        return logits;
    }

    private void connect(Placed current, Map<String, Slot> gradients) {
        String name = current.node().name();
        String source = current.node().inputs().get(0);
        if (!gradients.containsKey(name)) {
            throw new IllegalArgumentException("node '" + name + "' leads to no loss");
        }
        Slot ofOutput = gradients.remove(name);
        if (graph.node(source).op() instanceof Op.Input && !current.step().worksInPlace()) {
            current.step().connect(Optional.empty(), ofOutput);
            return;
        }
        int readAt = timeline.backward(values.get(source).position());
        Slot ofInput = ofOutput;
        if (current.step().worksInPlace()) {
            ofOutput.extendTo(readAt);
        } else {
            ofInput = memory.request(
                    source + ".gradient",
                    sizes.bytes(graph.shape(source), values.get(source).varies()),
                    timeline.backward(values.get(name).position()),
                    readAt);
        }
        current.step().connect(Optional.of(ofInput), ofOutput);
        if (gradients.put(source, ofInput) != null) {
            throw new IllegalArgumentException("node '" + source + "' is read twice; branches cannot be trained");
        }
    }
}
