package org.ambispike.exec;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/** Plans what streaming needs beside the ordinary steps: what is kept from one time step to the next, and where. */
final class StreamPlanner {
    private final Backend backend;
    private final RunState state;
    private final MemoryPlan memory;
    private final Timeline timeline;
    private final Graph graph;
    private final int batch;
    private final StreamState kept;

    StreamPlanner(Backend backend, RunState state, MemoryPlan memory, Timeline timeline, Graph graph, int batch) {
        this.backend = backend;
        this.state = state;
        this.memory = memory;
        this.timeline = timeline;
        this.graph = graph;
        this.batch = batch;
        this.kept = new StreamState(backend, always("stream.rows", 2L * batch * Integer.BYTES), batch);
    }

    StreamedSpikeStep spikeStep(
            Node node, Op.Spike op, SpikeOutput spikes, SpikeStep.Observed observed, Value source, Value value) {
        Shape shape = graph.shape(node.name());
        Slot membranes = always(node.name() + ".membranes", 2 * batch * shape.elements() * Float.BYTES);
        kept.add(membranes, 2, shape.elements());
        observed.rate().ifPresent(rate -> kept.add(rate, 1, shape.elements()));
        observed.counts().ifPresent(kept::addCounts);
        int channels = shape.extent(-1);
        return new StreamedSpikeStep(
                backend,
                state,
                op,
                new StreamedSpikeStep.LayerExtent(batch, shape.elements() / channels, channels),
                spikes,
                membranes,
                observed,
                source.slot(),
                value.slot());
    }

    StreamedMeanStep meanStep(Slot drive, Slot mean) {
        Slot sum = always("logits.sum", (long) batch * graph.classes() * Float.BYTES);
        kept.add(sum, 1, graph.classes());
        return new StreamedMeanStep(backend, state, sum, drive, mean);
    }

    /** Values that are constant in time are computed in the first pass of a run alone, and those of the passes after must leave them be. */
    StreamState keep(Map<String, Value> values) {
        Set<Slot> constants = new HashSet<>();
        for (Node node : graph.nodes()) {
            for (String input : node.inputs()) {
                Value value = values.get(input);
                if (values.get(node.name()).varies() && !value.varies() && constants.add(value.slot())) {
                    value.slot().keepUntil(timeline.end());
                    kept.add(value.slot(), 1, graph.shape(input).elements());
                }
            }
        }
        return kept;
    }

    private Slot always(String label, long bytes) {
        return memory.request(label, bytes, 0, timeline.end());
    }
}
