package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.SampleTables;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;

/** Plans the steps that put values together, in another order, or map axes without parameters. */
final class RearrangementPlanner {
    private final Plan plan;
    private final LoweredNode node;
    private final List<LoweredNode> sources;
    private final StepBuffers buffers;

    RearrangementPlanner(Plan plan, LoweredNode node, List<LoweredNode> sources, StepBuffers buffers) {
        this.plan = plan;
        this.node = node;
        this.sources = sources;
        this.buffers = buffers;
    }

    private Shape shape(LoweredNode value) {
        return plan.graph().shape(value);
    }

    /** Joins the channels of each place. */
    Step concat() {
        return join(shape(node).elements() / shape(node).extent(-1));
    }

    /** Joins all values of each image. */
    Step outputs() {
        return join(1);
    }

    /**
     * Joins what the inputs have in each row, one after another. What is constant in time is copied to every step.
     *
     * @param rows of an image
     */
    private Step join(long rows) {
        int bytes = node.type().bytes();
        long width = shape(node).elements() / rows * bytes;
        List<BlockCopy> copies = new ArrayList<>();
        long offset = 0;
        for (LoweredNode source : sources) {
            long block = shape(source).elements() / rows * bytes;
            boolean repeated = node.varies() && !source.varies();
            long count = rows * plan.images(source);
            int times = repeated ? plan.options().timeSteps() : 1;
            copies.add(new BlockCopy(
                    new Extent(times, 0, count * width),
                    Extent.ONE,
                    new Extent(count, block, width),
                    block,
                    0,
                    offset));
            offset += block;
        }
        int channels = plan.graph().channels(node);
        return new BlockCopyStep(plan.backend().linear(), copies, levels(IntStream.range(0, channels)), buffers);
    }

    /** A block is what one row of one block of the map has: channels that lie together before and after. */
    Step depthToSpace(Op.DepthToSpace op) {
        Shape input = shape(sources.get(0));
        long width = input.extent(1);
        long block = (long) input.extent(2) / op.down() * node.type().bytes();
        long line = op.down() * width * block;
        BlockCopy copy = new BlockCopy(
                new Extent((long) plan.images(node) * input.extent(0), line, line),
                new Extent(width, op.down() * block, block),
                new Extent(op.down(), block, width * block),
                block,
                0,
                0);
        IntStream channels = IntStream.range(0, plan.graph().channels(node));
        return new BlockCopyStep(plan.backend().linear(), List.of(copy), levels(channels), buffers);
    }

    Step resample(Op.Resample op) {
        SampleTables tables = SampleTables.of(op);
        ResampleStep.Tables placed = placed(node.name() + ".tables", tables);
        Runnable upload = () -> placed.upload(plan.backend());
        Slot table = placed.slot();
        Slot from = buffers.input();
        Slot to = buffers.output();
        long images = plan.images(node);
        if (op.copies() && !plan.options().training()) {
            int zero = node.type() == StorageType.LEVELS
                    ? plan.backend().int8().orElseThrow().zero()
                    : 0;
            LinearAlgebra.Element element =
                    new LinearAlgebra.Element(node.type().bytes(), zero);
            LinearAlgebra linear = plan.backend().linear();
            Optional<CopiedLevels> levels = levels(copied(op));
            return new CallStep(
                    buffers,
                    upload,
                    () -> levels.ifPresent(CopiedLevels::prepare),
                    () -> linear.copyPlaces(tables, table.buffer(), from.buffer(), to.buffer(), images, element));
        }
        if (sources.get(0).type() == StorageType.LEVELS) {
            Int8Operations int8 = plan.backend().int8().orElseThrow();
            Levels levels = plan.levels(sources.get(0));
            return new CallStep(
                    buffers,
                    upload,
                    CallStep.NOTHING,
                    () -> int8.resample(tables, table.buffer(), from.buffer(), levels.unit(), to.buffer(), images));
        }
        if (node.type() == StorageType.BF16) {
            Bf16Operations bf16 = plan.backend().bf16().orElseThrow();
            return new CallStep(
                    buffers,
                    upload,
                    CallStep.NOTHING,
                    () -> bf16.resample(tables, table.buffer(), from.buffer(), to.buffer(), images));
        }
        Optional<ResampleStep.Tables> adjoint = plan.options().training()
                ? Optional.of(placed(node.name() + ".adjoint", tables.transposed()))
                : Optional.empty();
        return new ResampleStep(plan.backend(), placed, adjoint, images, buffers);
    }

    /** Which channel each channel copies, below 0 for none. */
    private static IntStream copied(Op.Resample op) {
        SampledAxis axis = op.channels();
        return axis.isUnchanged()
                ? IntStream.range(0, axis.extent())
                : axis.windows().stream().mapToInt(window -> window.weights().isEmpty() ? -1 : window.first());
    }

    private ResampleStep.Tables placed(String label, SampleTables tables) {
        return new ResampleStep.Tables(tables, plan.always(label, (long) tables.values().length * Integer.BYTES));
    }

    /**
     * Plans the levels of the value, where it is in bytes.
     *
     * @param channels for each channel which one of the inputs' it copies, counted through all of them
     */
    private Optional<CopiedLevels> levels(IntStream channels) {
        if (node.type() != StorageType.LEVELS) {
            return Optional.empty();
        }
        List<CopiedLevels.Source> copied = sources.stream()
                .map(source -> new CopiedLevels.Source(
                        plan.levels(source),
                        plan.graph().channels(source),
                        source.value().window()))
                .toList();
        int[] places = channels.toArray();
        Slot unit = plan.always(node.name() + ".levels", (long) places.length * Float.BYTES);
        CopiedLevels levels = new CopiedLevels(plan.backend().memory(), copied, places, unit);
        plan.levels().put(node.name(), levels);
        return Optional.of(levels);
    }
}
