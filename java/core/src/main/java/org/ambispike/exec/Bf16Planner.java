package org.ambispike.exec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** Plans the steps that give and read values in bf16 and bytes: all layers with weights, neurons, and pools of spikes. */
final class Bf16Planner implements StoredForm {
    private final Bf16Operations bf16;
    private final Graph graph;
    private final ParameterStore store;
    private final int batch;
    private final int timeSteps;
    private final MemoryPlan memory;
    private final Timeline timeline;
    private final Bf16Values values;
    private final Map<String, LinearKernel> kernels = new HashMap<>();
    private final Map<String, NeuronParameters> neurons = new HashMap<>();

    private Bf16Planner(
            Bf16Operations bf16,
            Graph graph,
            ParameterStore store,
            ExecutionOptions options,
            MemoryPlan memory,
            Timeline timeline) {
        this.bf16 = bf16;
        this.graph = graph;
        this.store = store;
        this.batch = options.batch();
        this.timeSteps = options.timeSteps();
        this.memory = memory;
        this.timeline = timeline;
        this.values = new Bf16Values(graph);
    }

    /** For passes over all T steps of a spiking network, where the backend stores bf16; none else. */
    static Optional<StoredForm> of(
            Backend backend,
            Graph graph,
            ParameterStore store,
            ExecutionOptions options,
            MemoryPlan memory,
            Timeline timeline) {
        boolean plain =
                graph.nodes().stream().noneMatch(node -> node.op() instanceof Op.Spike spike && spike.quanta() > 1);
        boolean wanted = graph.isSpiking() && plain && !options.training() && !options.streaming() && !options.smooth();
        return wanted
                ? backend.bf16().map(offered -> new Bf16Planner(offered, graph, store, options, memory, timeline))
                : Optional.empty();
    }

    @Override
    public int elementBytes(Node node) {
        return values.of(node.name()).bytes();
    }

    @Override
    public boolean plans(Node node) {
        return Bf16Values.isProduct(node)
                || node.op() instanceof Op.AveragePool && values.of(node.name()) != Storage.F32;
    }

    @Override
    public List<String> reads(Node node) {
        return values.reads(node);
    }

    @Override
    public boolean joins(Node node) {
        return values.joins(node.name());
    }

    @Override
    public long planKernel(Node node, boolean varies) {
        if (!Bf16Values.isProduct(node)) {
            return 0;
        }
        int images = images(varies);
        Storage src = values.of(node.inputs().get(0));
        LinearKernel kernel = node.op() instanceof Op.Conv2d conv
                ? bf16.planConvolution(node.name(), conv.geometry(), images, src, values.of(node.name()))
                : planMatMul(node, (Op.Linear) node.op(), images, src);
        kernels.put(node.name(), kernel);
        return kernel.scratchBytes();
    }

    private LinearKernel planMatMul(Node node, Op.Linear linear, int images, Storage src) {
        return bf16.planMatMul(node.name(), images, linear.inputs(), linear.outputs(), src);
    }

    private int images(boolean varies) {
        return batch * (varies ? timeSteps : 1);
    }

    @Override
    public Optional<SpikeOutput> spikes(
            Node node, Op.Spike op, NeuronParameters parameters, List<String> inputs, List<Value> sources) {
        Storage emitted = values.of(node.name());
        if (emitted == Storage.F32) {
            return Optional.empty();
        }
        neurons.put(node.name(), parameters);
        Optional<Bf16Spikes.Drive> second =
                inputs.size() > 1 ? Optional.of(drive(inputs.get(1), sources.get(1))) : Optional.empty();
        return Optional.of(new Bf16Spikes(bf16, parameters, drive(inputs.get(0), sources.get(0)), second, emitted));
    }

    private Bf16Spikes.Drive drive(String input, Value value) {
        Optional<DeviceBuffer> bias = values.leavesBias(input)
                ? Optional.of(store.value(graph.node(values.behind(input)).parameter("bias")))
                : Optional.empty();
        return new Bf16Spikes.Drive(value, values.of(input), bias);
    }

    @Override
    public Step step(Node node, List<String> inputs, List<Value> sources, Value value, Slot scratch) {
        Slot input = sources.get(0).slot();
        if (node.op() instanceof Op.AveragePool pool) {
            String source = values.behind(inputs.get(0));
            Optional<NeuronParameters> emitters =
                    values.of(source) == Storage.BYTE ? Optional.of(neurons.get(source)) : Optional.empty();
            return new Bf16PoolStep(bf16, pool.geometry(), images(value.varies()), emitters, input, value.slot());
        }
        LinearKernel kernel = kernels.get(node.name());
        Slot own = memory.request(node.name() + ".kernel", kernel.ownBytes(), 0, timeline.end());
        boolean addsBias = !values.leavesBias(node.name());
        return new LinearStep(kernel, store, node, addsBias, own, scratch, input, value.slot());
    }
}
