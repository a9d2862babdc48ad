package org.ambispike.exec;

import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Shape;

/**
 * A graph planned for a batch and T on a backend: every shape, algorithm and buffer is settled, passes allocate
 * nothing. An ANN is the case T = 1. Activations are [T N, H, W, C], time outermost; what does not vary in time (the
 * image and the first layer's drive) is kept and computed once. Used by the backend's thread.
 */
public final class Executor implements AutoCloseable {
    private final Backend backend;
    private final Graph graph;
    private final ParameterStore store;
    private final ExecutionOptions options;
    private final RunState state = new RunState();
    private final Plan plan;
    private final List<Step> steps;
    private final Step[] all;
    private final Step[] repeated;
    private final MemoryForecast forecast;
    private final DeviceBuffer arena;
    private final DeviceBuffer finalLogits;
    private final CapturedPass weights;
    private final CapturedPass forward;
    private final CapturedPass backward;
    private long preparedVersion = -1;

    private Executor(Backend backend, Graph graph, ParameterStore store, ExecutionOptions options) {
        this.backend = backend;
        this.graph = graph;
        this.store = store;
        this.options = options;
        this.plan = Planner.plan(backend, graph, store, options, state);
        this.steps = plan.steps();
        this.all = steps.toArray(Step[]::new);
        this.repeated = plan.repeated().toArray(Step[]::new);
        this.forecast = new MemoryForecast(
                plan.memory().size(),
                store.allValues().bytes() + store.allGradients().bytes(),
                options.batch(),
                options.timeSteps());
        DeviceBuffer memory = DeviceBuffer.absent();
        try {
            forecast.require(backend);
            memory = plan.memory().allocate(backend.memory(), "activations");
            steps.forEach(Step::attach);
        } catch (RuntimeException e) {
            steps.forEach(Step::close);
            memory.close();
            throw e;
        }
        this.arena = memory;
        this.weights = captured("weights", () -> steps.forEach(Step::prepare));
        this.forward = captured("forward pass", () -> forward(all));
        this.backward = captured("backward pass", this::backwardSteps);
        long count = options.batch() * graph.outputShape().elements();
        this.finalLogits = logits().slice("logits", (options.timeSteps() - 1) * count, count);
    }

    private CapturedPass captured(String label, Runnable work) {
        return new CapturedPass(
                backend, label, List.of(arena, store.allValues(), store.allGradients()), state::scalars, work);
    }

    /**
     * Plans and allocates.
     *
     * @param store parameters of the same graph, with gradients if the options say training; stays the caller's
     * @throws IllegalArgumentException if graph and options do not fit together
     * @throws org.ambispike.common.BackendException if the device has no room; nothing stays allocated
     */
    public static Executor plan(Backend backend, Graph graph, ParameterStore store, ExecutionOptions options) {
        return new Executor(backend, graph, store, options);
    }

    public Graph graph() {
        return graph;
    }

    public ExecutionOptions options() {
        return options;
    }

    public ParameterStore parameters() {
        return store;
    }

    public Backend backend() {
        return backend;
    }

    public MemoryForecast forecast() {
        return forecast;
    }

    /**
     * Takes images over; a streaming executor begins a new run with them.
     *
     * @param images [count, H, W, C]
     * @param count at most the batch; the rest of the batch is left as it was and its results mean nothing
     */
    public void input(float[] images, int count) {
        input(images, 0, count);
    }

    /**
     * The same for images from the middle of an array.
     *
     * @param from the first image
     */
    public void input(float[] images, int from, int count) {
        requireRoom(count);
        int elements = Math.toIntExact(graph.inputShape().elements());
        backend.memory().upload(images, from * elements, count * elements, images());
        state.begin(count);
    }

    /**
     * Takes over an input that lies on the device already, such as another executor's values.
     *
     * @param values [batch, H, W, C] of the graph's input
     * @param count images that mean something, at most the batch
     */
    public void input(DeviceBuffer values, int count) {
        requireRoom(count);
        backend.memory().copy(values, images());
        state.begin(count);
    }

    /** The images that were taken over last, [batch, H, W, C], until the next pass. */
    public DeviceBuffer images() {
        return plan.input().buffer();
    }

    /**
     * Where the caller writes, before a pass, what is given beside the images, [T, batch, H, W, C]; passes may overwrite it.
     *
     * @param name of a node among {@link Graph#given}
     */
    public DeviceBuffer given(String name) {
        return slot(plan.values(), name, "inputs").buffer();
    }

    /**
     * Goes on with chosen images of a run of a streaming executor of the same graph and options but for the batch; it may
     * be this one.
     *
     * @param chosen [count] the images' places there, ascending
     * @param count at least 1, at most the batch
     * @throws IllegalArgumentException if the places are not such
     */
    public void takeOver(Executor other, int[] chosen, int count) {
        requireRoom(count);
        prepare();
        plan.stream().takeOver(other.plan.stream(), chosen, count, other.state.images());
        state.resume(other.state, count);
    }

    /** All T steps; if streaming, the next one of the run. */
    public void forward() {
        prepare();
        if (options.streaming()) {
            // a factor of the mean and the images that count are scalars that differ from step to step
            forward(state.time() == 0 ? all : repeated);
            state.advance();
        } else {
            forward.run();
        }
    }

    /**
     * Captures work around passes of this executor with them: as one graph of its own, captured anew where a scalar of the passes
     * changes. The caller closes it.
     *
     * @param others buffers that the work uses beside those of executors
     */
    public CapturedPass capture(String label, List<DeviceBuffer> others, Runnable work) {
        return new CapturedPass(backend, label, others, state::kappa, work);
    }

    private static void forward(Step... passed) {
        for (Step step : passed) {
            step.forward();
        }
    }

    private void requireRoom(int count) {
        if (count < 1 || count > options.batch()) {
            throw new IllegalArgumentException("a batch of " + count + " does not fit into " + options.batch());
        }
    }

    private void prepare() {
        if (preparedVersion != store.version()) {
            if (backend.int8().isPresent()) {
                steps.forEach(Step::prepare); // rounds on the host, which no graph can hold
            } else {
                weights.run();
            }
            preparedVersion = store.version();
        }
    }

    /**
     * Gradients of all parameters, from {@link #logitsGradient} and, where asked for, {@link #rateGradient}.
     *
     * @param withRateGradients whether the gradients of the rates count in this pass
     */
    public void backward(boolean withRateGradients) {
        state.gradientOfRates(withRateGradients);
        backward.run();
    }

    private void backwardSteps() {
        for (int index = steps.size() - 1; index >= 0; index--) {
            steps.get(index).backward();
        }
    }

    /** Logits after each step, [T, N, classes]: the last layer's mean drive so far. */
    public DeviceBuffer logits() {
        return plan.logits().buffer();
    }

    /** Logits after all T steps, or so far if streaming, [N, classes]. */
    public DeviceBuffer finalLogits() {
        return finalLogits;
    }

    /** Where the caller writes the gradient of the final logits, [N, classes]; for training only. */
    public DeviceBuffer logitsGradient() {
        return plan.logitsGradient()
                .orElseThrow(() -> new IllegalStateException("this executor is not planned for training"))
                .buffer();
    }

    /**
     * Mean emitted value of a neuron layer (of an ANN: its activation), [N, H, W, C]; if planned with rates. Of a
     * streaming executor it is the sum over the steps so far.
     */
    public DeviceBuffer rate(String neuron) {
        return slot(plan.rates(), neuron, "rates").buffer();
    }

    /** Where the caller writes the gradient of a layer's rate, [N, H, W, C]; if planned with rate gradients. */
    public DeviceBuffer rateGradient(String neuron) {
        return slot(plan.rateGradients(), neuron, "rate gradients").buffer();
    }

    /**
     * Positive and negative spikes by step, [T, 2] 64-bit integers; if planned with counts. Of a streaming executor they
     * are sums over the steps so far, [2], and of the images that count.
     */
    public DeviceBuffer counts(String neuron) {
        return slot(plan.counts(), neuron, "counts").buffer();
    }

    /**
     * What a neuron layer emitted in all steps, [T, N, H, W, C], or in the last step of a streaming executor, [N, H, W, C]; if
     * planned with a trace.
     */
    public DeviceBuffer emitted(String neuron) {
        return slot(plan.emitted(), neuron, "traces").buffer();
    }

    /** The drive of a neuron layer, [T, N, H, W, C], or [N, H, W, C] where it is constant in time; if planned with drives. */
    public DeviceBuffer drive(String neuron) {
        return slot(plan.drives(), neuron, "drives").buffer();
    }

    private static Slot slot(Map<String, Slot> slots, String neuron, String what) {
        Slot slot = slots.get(neuron);
        if (slot == null) {
            throw new IllegalArgumentException(
                    "no " + what + " were planned for '" + neuron + "'; there are " + slots.keySet());
        }
        return slot;
    }

    /** Scratch for losses and norms between the passes. */
    public DeviceBuffer scratch() {
        return plan.scratch().buffer();
    }

    /** Neurons of a layer in the whole batch. */
    public long neurons(Node neuron) {
        Shape shape = graph.shape(neuron.name());
        return shape.elements() * options.batch();
    }

    /** Steepness of the surrogate (eq. 32) from now on. */
    public void kappa(double kappa) {
        state.kappa(kappa);
    }

    /** The dropout masks of the next pass: a pure function of both. */
    public void dropout(long seed, long step) {
        int[] halves = {(int) seed, (int) (seed >>> 32), 0, (int) step};
        backend.memory().upload(halves, 0, halves.length, plan.dropoutSeed().buffer());
    }

    @Override
    public void close() {
        weights.close();
        forward.close();
        backward.close();
        steps.forEach(Step::close);
        arena.close();
    }
}
