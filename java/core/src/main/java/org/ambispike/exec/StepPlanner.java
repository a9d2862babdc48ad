package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;

/**
 * Plans the step of one node: by its operation, and by the types that it reads and gives. The one place where an operation
 * gets its kernel, its step, and what buffers that needs beside inputs and output.
 */
final class StepPlanner implements Op.Visitor<Step> {
    private final Plan plan;
    private final Backend backend;
    private final LoweredNode node;
    private final List<LoweredNode> sources;
    private final StepBuffers buffers;

    /** @param buffers those of the inputs in the node's order */
    StepPlanner(Plan plan, LoweredNode node, StepBuffers buffers) {
        this.plan = plan;
        this.backend = plan.backend();
        this.node = node;
        this.sources = node.inputs().stream().map(plan.graph()::node).toList();
        this.buffers = buffers;
    }

    private Slot input() {
        return buffers.input();
    }

    private Slot output() {
        return buffers.output();
    }

    private LoweredNode source() {
        return sources.get(0);
    }

    private int channels() {
        return plan.graph().channels(node);
    }

    private int images() {
        return plan.images(node);
    }

    private long rows() {
        return plan.elements(node) / channels();
    }

    private Int8Operations int8() {
        return backend.int8().orElseThrow();
    }

    private Bf16Operations bf16() {
        return backend.bf16().orElseThrow();
    }

    /** @throws IllegalStateException always: the input is a buffer that the caller fills */
    @Override
    public Step input(Op.Input op) {
        throw new IllegalStateException("the input has no step");
    }

    @Override
    public Step conv2d(Op.Conv2d op) {
        String name = node.name();
        if (source().type() == StorageType.LEVELS) {
            return int8Layer(int8().planConvolution(name, op.geometry(), images()));
        }
        if (plan.graph().scheme() == StorageScheme.BF16) {
            Bf16Operations.Storage src = source().type().bf16Storage();
            Bf16Operations.Storage dst = node.type().bf16Storage();
            return layer(bf16().planConvolution(name, op.geometry(), images(), src, dst));
        }
        return layer(backend.linear()
                .planConvolution(name, op.geometry(), images(), plan.options().training()));
    }

    @Override
    public Step linear(Op.Linear op) {
        String name = node.name();
        if (source().type() == StorageType.LEVELS) {
            int channels = plan.graph().channels(source());
            return int8Layer(int8().planMatMul(name, images(), op.inputs(), op.outputs(), channels));
        }
        if (plan.graph().scheme() == StorageScheme.BF16) {
            Bf16Operations.Storage src = source().type().bf16Storage();
            return layer(bf16().planMatMul(name, images(), op.inputs(), op.outputs(), src));
        }
        return layer(backend.linear()
                .planMatMul(
                        name,
                        images(),
                        op.inputs(),
                        op.outputs(),
                        plan.options().training()));
    }

    private Step layer(LinearKernel kernel) {
        plan.scratch().growTo(kernel.scratchBytes());
        Slot own = plan.always(node.name() + ".kernel", kernel.ownBytes());
        return new LinearStep(kernel, plan.store(), node.node(), !node.leavesBias(), own, buffers);
    }

    private Step int8Layer(Int8Kernel kernel) {
        plan.scratch().growTo(kernel.scratchBytes());
        Slot own = plan.always(node.name() + ".kernel", kernel.ownBytes());
        return new Int8LinearStep(
                kernel,
                plan.store(),
                node.node(),
                plan.levels(source()),
                source().value().window(),
                own,
                buffers);
    }

    @Override
    public Step averagePool(Op.AveragePool op) {
        PoolGeometry geometry = op.geometry();
        int images = images();
        Slot from = input();
        Slot to = output();
        if (source().type() == StorageType.LEVELS) {
            Int8Operations int8 = int8();
            Levels levels = plan.levels(source());
            return node.type() == StorageType.LEVELS
                    ? call(() -> int8.sumPool(geometry, images, from.buffer(), to.buffer()))
                    : call(() -> int8.averagePool(geometry, images, from.buffer(), levels.unit(), to.buffer()));
        }
        if (node.type() == StorageType.BF16) {
            Bf16Operations bf16 = bf16();
            if (source().type() != StorageType.SPIKE_BYTE) {
                return call(() -> bf16.averagePool(geometry, images, from.buffer(), to.buffer()));
            }
            NeuronParameters emitters = plan.parameters().get(source().name());
            return call(() -> bf16.averagePoolOfBytes(geometry, images, from.buffer(), emitters.values(), to.buffer()));
        }
        return new PoolStep(backend.linear().planAveragePool(node.name(), geometry, images), from, to);
    }

    private Step call(Runnable forward) {
        return new CallStep(buffers, forward);
    }

    @Override
    public Step maxPool(Op.MaxPool op) {
        ExecutionOptions options = plan.options();
        int steps = node.varies() ? options.timeSteps() : 1;
        Optional<Slot> sums = options.streaming() && node.varies()
                ? Optional.of(plan.sums(node.name(), op.geometry()))
                : Optional.empty();
        Optional<Slot> argmax = options.training()
                ? Optional.of(plan.memory()
                        .request(
                                node.name() + ".argmax",
                                plan.elements(node),
                                node.position(),
                                plan.timeline().backward(node.position())))
                : Optional.empty();
        MaxPoolLayout layout = new MaxPoolLayout(op.geometry(), options.batch(), steps, false);
        return new MaxPoolStep(backend.neurons(), plan.state(), layout, sums, argmax, buffers);
    }

    private RearrangementPlanner rearrangement() {
        return new RearrangementPlanner(plan, node, sources, buffers);
    }

    @Override
    public Step resample(Op.Resample op) {
        return rearrangement().resample(op);
    }

    @Override
    public Step depthToSpace(Op.DepthToSpace op) {
        return rearrangement().depthToSpace(op);
    }

    @Override
    public Step concat(Op.Concat op) {
        return rearrangement().concat();
    }

    @Override
    public Step outputs(Op.Outputs op) {
        return rearrangement().outputs();
    }

    @Override
    public Step add(Op.Add op) {
        LoweredNode second = sources.get(1);
        boolean constant = node.varies() && !second.varies();
        int times = constant ? plan.options().timeSteps() : 1;
        long count = plan.elements(second);
        boolean bytes = sources.stream().anyMatch(source -> source.type() == StorageType.LEVELS);
        if (!bytes) {
            return new AddStep(backend, count, times, input(), buffers.inputs().get(1), output());
        }
        List<Optional<Levels>> levels = sources.stream()
                .map(source -> source.type() == StorageType.LEVELS
                        ? Optional.of(plan.levels(source))
                        : Optional.<Levels>empty())
                .toList();
        Optional<AddStep> ofConstant = constant
                ? Optional.of(new AddStep(
                        backend, count, times, output(), buffers.inputs().get(1), output()))
                : Optional.empty();
        return new Int8AddStep(int8(), levels, ofConstant, rows(), channels(), buffers.inputs(), output());
    }

    @Override
    public Step batchNorm(Op.BatchNorm op) {
        boolean training = plan.options().training();
        if (training && plan.graph().source().isSpiking()) {
            throw new IllegalArgumentException("node '" + node.name()
                    + "': batch normalisation is folded before a network is trained through time");
        }
        plan.scratch().growTo(backend.memory().scratchBytes(channels(), DeviceMemory.SUMS));
        Optional<Slot> statistics = training
                ? Optional.of(plan.memory()
                        .request(
                                node.name() + ".statistics",
                                2L * channels() * Float.BYTES,
                                node.position(),
                                plan.timeline().backward(node.position())))
                : Optional.empty();
        return new BatchNormStep(
                backend,
                new BatchNormLayout(rows(), channels(), op.epsilon(), op.momentum()),
                plan.store(),
                node.node(),
                statistics,
                buffers);
    }

    @Override
    public Step dropout(Op.Dropout op) {
        return new DropoutStep(
                backend, plan.dropoutSeed(), op.probability(), node.position(), plan.elements(node), input(), output());
    }

    @Override
    public Step activation(Op.Activation op) {
        return new NeuronPlanner(plan, node, buffers).activation(op);
    }

    @Override
    public Step spike(Op.Spike op) {
        return new NeuronPlanner(plan, node, buffers).spike(op);
    }
}
