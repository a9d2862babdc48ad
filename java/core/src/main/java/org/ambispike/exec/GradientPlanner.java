package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Placed;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/** Gives the backward pass of planned steps its buffers; elementwise steps work in place. */
final class GradientPlanner {
    /** Bytes of a value for the whole batch, and for all T steps where it varies. */
    interface Sizes {
        long bytes(Shape shape, boolean varies);
    }

    private final Backend backend;
    private final MemoryPlan memory;
    private final Timeline timeline;
    private final Graph graph;
    private final Map<String, Value> values;
    private final Sizes sizes;

    GradientPlanner(
            Backend backend,
            MemoryPlan memory,
            Timeline timeline,
            Graph graph,
            Map<String, Value> values,
            Sizes sizes) {
        this.backend = backend;
        this.memory = memory;
        this.timeline = timeline;
        this.graph = graph;
        this.values = values;
        this.sizes = sizes;
    }

    /**
     * Connects all steps, last to first; where several nodes read one value, steps that add their gradients are put in.
     *
     * @param steps all steps in the order of the forward pass, added to
     * @param mean the step that averages the logits over time, if there is one
     * @return where the gradient of the final logits is to be written
     * @throws IllegalArgumentException naming a node that leads nowhere
     */
    Slot plan(List<Placed> placed, List<Step> steps, Optional<Step> mean) {
        Shape output = graph.outputShape();
        int last = timeline.backward(graph.nodes().size() - 1);
        Slot logits = memory.request(
                "logits.gradient",
                sizes.bytes(output, false),
                timeline.loss(),
                mean.isPresent() ? timeline.meanGradient() : last);
        Slot drive = logits;
        if (mean.isPresent()) {
            drive = memory.request("drive.gradient", sizes.bytes(output, true), timeline.meanGradient(), last);
            mean.get().connect(List.of(Optional.of(drive)), logits);
        }
        Map<String, Slot> gradients = new HashMap<>();
        gradients.put(graph.output().name(), drive);
        for (int index = placed.size() - 1; index >= 0; index--) {
            Placed current = placed.get(index);
            List<Step> sums = connect(current, gradients);
            steps.addAll(steps.indexOf(current.step()), sums);
        }
        return logits;
    }

    private List<Step> connect(Placed current, Map<String, Slot> gradients) {
        String name = current.node().name();
        if (!gradients.containsKey(name)) {
            throw new IllegalArgumentException("node '" + name + "' leads to no loss");
        }
        Slot ofOutput = gradients.remove(name);
        List<Optional<Slot>> ofInputs = new ArrayList<>();
        List<Step> sums = new ArrayList<>();
        for (int index = 0; index < current.inputs().size(); index++) {
            String source = current.inputs().get(index);
            boolean inPlace = index == 0 && current.step().worksInPlace();
            if (graph.node(source).op() instanceof Op.Input) {
                ofInputs.add(inPlace ? Optional.of(ofOutput) : Optional.empty());
                continue;
            }
            Slot ofInput = inPlace ? ofOutput : request(source, name);
            ofInputs.add(Optional.of(ofInput));
            Slot others = gradients.putIfAbsent(source, ofInput);
            if (others == null) {
                ofInput.extendTo(timeline.backward(values.get(source).position()));
            } else {
                sums.add(new BranchStep(backend, values.get(source).slot(), others, ofInput));
            }
        }
        current.step().connect(ofInputs, ofOutput);
        return sums;
    }

    /** Room for what a reader gives to the gradient of a value. */
    private Slot request(String source, String reader) {
        int moment = timeline.backward(values.get(reader).position());
        long bytes = sizes.bytes(graph.shape(source), values.get(source).varies());
        return memory.request(source + ".gradient", bytes, moment, moment);
    }
}
