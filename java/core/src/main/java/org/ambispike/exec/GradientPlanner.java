package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Placed;

/** Gives the backward pass of planned steps its buffers; elementwise steps work in place. */
final class GradientPlanner {
    private final Plan plan;
    private final LoweredGraph graph;
    private final Timeline timeline;
    private final Map<String, Slot> gradients = new HashMap<>();

    GradientPlanner(Plan plan) {
        this.plan = plan;
        this.graph = plan.graph();
        this.timeline = plan.timeline();
    }

    /**
     * Connects all steps, last to first; where several nodes read one value, steps that add their gradients are put in.
     *
     * @param mean the step that averages the logits over time, if there is one
     * @return where the gradient of the final logits is to be written
     * @throws IllegalArgumentException naming a node that leads nowhere
     */
    Slot plan(List<Placed> placed, Optional<Step> mean) {
        LoweredNode output = graph.output();
        int last = timeline.backward(graph.source().nodes().size() - 1);
        Slot logits = plan.memory()
                .request(
                        "logits.gradient",
                        plan.elementsOfStep(output) * Float.BYTES,
                        timeline.loss(),
                        mean.isPresent() ? timeline.meanGradient() : last);
        Slot drive = logits;
        if (mean.isPresent()) {
            drive = request("drive", output, timeline.meanGradient());
            drive.extendTo(last);
            mean.get().connect(List.of(Optional.of(drive)), logits);
        }
        gradients.put(output.name(), drive);
        for (int index = placed.size() - 1; index >= 0; index--) {
            Placed current = placed.get(index);
            List<Step> sums = connect(current);
            plan.steps().addAll(plan.steps().indexOf(current.step()), sums);
        }
        return logits;
    }

    private List<Step> connect(Placed current) {
        LoweredNode node = current.node();
        if (!gradients.containsKey(node.name())) {
            throw new IllegalArgumentException("node '" + node.name() + "' leads to no loss");
        }
        Slot ofOutput = gradients.remove(node.name());
        List<Optional<Slot>> ofInputs = new ArrayList<>();
        List<Step> sums = new ArrayList<>();
        for (int index = 0; index < node.inputs().size(); index++) {
            LoweredNode source = graph.node(node.inputs().get(index));
            boolean inPlace = index == 0 && current.step().worksInPlace();
            if (source == graph.input()) {
                ofInputs.add(inPlace ? Optional.of(ofOutput) : Optional.empty());
                continue;
            }
            Slot ofInput = inPlace ? ofOutput : request(source.name(), source, timeline.backward(node.position()));
            ofInputs.add(Optional.of(ofInput));
            Slot others = gradients.putIfAbsent(source.name(), ofInput);
            if (others == null) {
                ofInput.extendTo(timeline.backward(source.position()));
            } else {
                sums.add(new BranchStep(plan.backend(), plan.values().get(source.name()), others, ofInput));
            }
        }
        current.step().connect(ofInputs, ofOutput);
        return sums;
    }

    /** Requests room for the gradient of a value, or for what one reader gives to it. */
    private Slot request(String label, LoweredNode value, int moment) {
        return plan.memory().request(label + ".gradient", plan.elements(value) * Float.BYTES, moment, moment);
    }
}
