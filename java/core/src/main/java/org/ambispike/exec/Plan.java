package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.MaxPoolGeometry;

/**
 * The steps of an executor and their buffers. {@link Planner} fills it, with a {@link StepPlanner} for each node, and
 * {@link Executor} runs it.
 */
final class Plan {
    private final Backend backend;
    private final LoweredGraph graph;
    private final ParameterStore store;
    private final ExecutionOptions options;
    private final RunState state;
    private final Timeline timeline;
    private final MemoryPlan memory = new MemoryPlan();
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> repeated = new ArrayList<>();
    private final Map<String, Slot> values = new HashMap<>();
    private final Map<String, NeuronParameters> parameters = new HashMap<>();
    private final Map<String, Levels> levels = new HashMap<>();
    private final Map<String, Slot> rates = new LinkedHashMap<>();
    private final Map<String, Slot> rateGradients = new LinkedHashMap<>();
    private final Map<String, Slot> counts = new LinkedHashMap<>();
    private final Map<String, Slot> emitted = new LinkedHashMap<>();
    private final Map<String, Slot> drives = new LinkedHashMap<>();
    private final Optional<StreamState> stream;
    private final Slot scratch;
    private final Slot dropoutSeed;
    private Optional<Slot> logits = Optional.empty();
    private Optional<Slot> logitsGradient = Optional.empty();

    Plan(Backend backend, LoweredGraph graph, ParameterStore store, ExecutionOptions options, RunState state) {
        this.backend = backend;
        this.graph = graph;
        this.store = store;
        this.options = options;
        this.state = state;
        this.timeline = new Timeline(graph.source().nodes().size());
        this.stream = options.streaming()
                ? Optional.of(new StreamState(
                        backend, always("stream.rows", 2L * options.batch() * Integer.BYTES), options.batch()))
                : Optional.empty();
        this.scratch = always("scratch", 0);
        this.dropoutSeed = always("dropout.seed", 2L * Long.BYTES);
    }

    Backend backend() {
        return backend;
    }

    LoweredGraph graph() {
        return graph;
    }

    ParameterStore store() {
        return store;
    }

    ExecutionOptions options() {
        return options;
    }

    RunState state() {
        return state;
    }

    Timeline timeline() {
        return timeline;
    }

    MemoryPlan memory() {
        return memory;
    }

    /** Requests a buffer that nothing else shares. */
    Slot always(String label, long bytes) {
        return memory.request(label, bytes, 0, timeline.end());
    }

    /** Images of a value, all T steps of them where it varies. */
    int images(LoweredNode node) {
        return options.batch() * (node.varies() ? options.timeSteps() : 1);
    }

    /** Elements of a value, for all {@link #images}. */
    long elements(LoweredNode node) {
        return graph.shape(node).elements() * images(node);
    }

    /** Elements of a value for the whole batch at one time step. */
    long elementsOfStep(LoweredNode node) {
        return graph.shape(node).elements() * options.batch();
    }

    /** In the order of the forward pass; may be added to while planning. */
    List<Step> steps() {
        return steps;
    }

    /** The steps whose results differ from one time step to the next. */
    List<Step> repeated() {
        return repeated;
    }

    /** The values of nodes, by name. */
    Map<String, Slot> values() {
        return values;
    }

    /** What neurons were planned with, by name. */
    Map<String, NeuronParameters> parameters() {
        return parameters;
    }

    /** The levels of values in bytes, by the nodes that give them; not of sums, which are in the levels of what they sum. */
    Map<String, Levels> levels() {
        return levels;
    }

    /** The levels that a value in bytes, or what it sums, is in. */
    Levels levels(LoweredNode value) {
        return levels.get(value.value().spikes());
    }

    /** @throws IllegalStateException if this is not planned for streaming */
    StreamState stream() {
        return stream.orElseThrow(() -> new IllegalStateException("not planned for streaming"));
    }

    /** One buffer serves all steps; it grows to what the largest needs. */
    Slot scratch() {
        return scratch;
    }

    /** Seed and offset of the dropout masks, 64-bit integers. */
    Slot dropoutSeed() {
        return dropoutSeed;
    }

    /** Requests what a max pool carries from step to step where the run is streamed: the summed drive of each place. */
    Slot sums(String pool, MaxPoolGeometry geometry) {
        long places = geometry.inputShape().elements();
        Slot sums = always(pool + ".sums", options.batch() * places * Float.BYTES);
        stream().add(sums, 1, places);
        return sums;
    }

    Slot input() {
        return values.get(graph.input().name());
    }

    void logits(Slot slot) {
        logits = Optional.of(slot);
    }

    Slot logits() {
        return logits.orElseThrow(() -> new IllegalStateException("the logits are not planned yet"));
    }

    void logitsGradient(Slot slot) {
        logitsGradient = Optional.of(slot);
    }

    /** None unless planned for training. */
    Optional<Slot> logitsGradient() {
        return logitsGradient;
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

    Map<String, Slot> drives() {
        return drives;
    }
}
