package org.ambispike.exec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/** Plans the steps that emit and read spikes in bytes. */
final class Int8Planner implements StoredForm {
    private final Backend backend;
    private final Int8Operations int8;
    private final Graph graph;
    private final ParameterStore store;
    private final int images;
    private final MemoryPlan memory;
    private final Timeline timeline;
    private final Int8Values bytes;
    private final Map<String, Int8Spikes> spikes = new HashMap<>();
    private final Map<String, Int8Kernel> kernels = new HashMap<>();
    private final int batch;

    private Int8Planner(
            Backend backend,
            Int8Operations int8,
            Graph graph,
            ParameterStore store,
            ExecutionOptions options,
            MemoryPlan memory,
            Timeline timeline) {
        this.backend = backend;
        this.int8 = int8;
        this.graph = graph;
        this.store = store;
        this.batch = options.batch();
        this.images = options.batch() * options.timeSteps();
        this.memory = memory;
        this.timeline = timeline;
        this.bytes = new Int8Values(graph);
    }

    /**
     * None where the backend's precision is another, or the network has no spikes.
     *
     * @throws PrecisionException if int8 is asked to train
     */
    static Optional<Int8Planner> of(
            Backend backend,
            Graph graph,
            ParameterStore store,
            ExecutionOptions options,
            MemoryPlan memory,
            Timeline timeline) {
        if (backend.precision() == Precision.INT8 && (options.training() || options.smooth())) {
            throw new PrecisionException("int8 is for inference; train and calibrate in f32 or bf16");
        }
        if (backend.precision() == Precision.INT8
                && graph.neurons().stream()
                        .anyMatch(node -> node.op() instanceof Op.Spike spike && spike.quanta() > 1)) {
            throw new PrecisionException("augmented spikes run in f32 or bf16, not in int8");
        }
        return backend.int8()
                .filter(offered -> graph.isSpiking())
                .map(offered -> new Int8Planner(backend, offered, graph, store, options, memory, timeline));
    }

    private boolean gives(Node node) {
        return bytes.holds(node.name());
    }

    @Override
    public int elementBytes(Node node) {
        return gives(node) ? 1 : Float.BYTES;
    }

    /** All that reads bytes. */
    @Override
    public boolean plans(Node node) {
        return node.inputs().stream().anyMatch(bytes::holds);
    }

    /** Bytes always vary. */
    @Override
    public long planKernel(Node node, boolean varies) {
        String name = node.name();
        if (node.op() instanceof Op.Conv2d conv) {
            kernels.put(name, int8.planConvolution(name, conv.geometry(), images));
        } else if (node.op() instanceof Op.Linear linear) {
            int channels = channels(node.inputs().get(0));
            kernels.put(name, int8.planMatMul(name, images, linear.inputs(), linear.outputs(), channels));
        } else {
            return 0;
        }
        return kernels.get(name).scratchBytes();
    }

    @Override
    public Optional<SpikeOutput> spikes(
            Node node, Op.Spike op, NeuronParameters parameters, List<String> inputs, List<Value> sources) {
        if (!gives(node)) {
            return Optional.empty();
        }
        Shape shape = graph.shape(node.name());
        int channels = channels(node.name());
        Slot levels = memory.request(node.name() + ".levels", 3L * channels * Float.BYTES, 0, timeline.end());
        Int8Spikes output = new Int8Spikes(
                backend,
                int8,
                op.model(),
                parameters,
                channels,
                bytes.mostLevels(node.name()),
                batch * shape.elements() / channels,
                levels);
        spikes.put(node.name(), output);
        return Optional.of(output);
    }

    @Override
    public Step step(Node node, List<String> inputs, List<Value> sources, Value value, Slot scratch) {
        Slot input = sources.get(0).slot();
        if (node.op() instanceof Op.Add) {
            return add(node, inputs, sources, value);
        }
        Int8Spikes levels = spikesBehind(inputs.get(0));
        if (node.op() instanceof Op.AveragePool pool) {
            return new Int8PoolStep(int8, pool.geometry(), images, levels, gives(node), input, value.slot());
        }
        Int8Kernel kernel = kernels.get(node.name());
        Slot own = memory.request(node.name() + ".kernel", kernel.ownBytes(), 0, timeline.end());
        int window = bytes.of(inputs.get(0)).window();
        return new Int8LinearStep(kernel, store, node, levels, window, own, scratch, input, value.slot());
    }

    private Int8AddStep add(Node node, List<String> inputs, List<Value> sources, Value value) {
        long elements = graph.shape(node.name()).elements();
        int channels = channels(node.name());
        List<Optional<Int8Spikes>> levels = inputs.stream()
                .map(input -> bytes.holds(input) ? Optional.of(spikesBehind(input)) : Optional.<Int8Spikes>empty())
                .toList();
        // what varies comes first, and bytes vary
        Value second = sources.get(1);
        Optional<AddStep> constant = second.varies()
                ? Optional.empty()
                : Optional.of(new AddStep(
                        backend, batch * elements, images / batch, value.slot(), second.slot(), value.slot()));
        return new Int8AddStep(
                int8,
                levels,
                constant,
                images * elements / channels,
                channels,
                sources.stream().map(Value::slot).toList(),
                value.slot());
    }

    private Int8Spikes spikesBehind(String input) {
        return spikes.get(bytes.of(input).spikes());
    }

    private int channels(String node) {
        return graph.shape(node).extent(-1);
    }
}
