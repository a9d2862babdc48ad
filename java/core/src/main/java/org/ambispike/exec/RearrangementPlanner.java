package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.SampleTables;
import org.ambispike.graph.Op;
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
        return new BlockCopyStep(plan.backend().linear(), copies, buffers);
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
        return new BlockCopyStep(plan.backend().linear(), List.of(copy), buffers);
    }

    Step resample(Op.Resample op) {
        SampleTables tables = SampleTables.of(op);
        Optional<ResampleStep.Tables> adjoint = plan.options().training()
                ? Optional.of(placed(node.name() + ".adjoint", tables.transposed()))
                : Optional.empty();
        return new ResampleStep(
                plan.backend(), placed(node.name() + ".tables", tables), adjoint, plan.images(node), buffers);
    }

    private ResampleStep.Tables placed(String label, SampleTables tables) {
        return new ResampleStep.Tables(tables, plan.always(label, (long) tables.values().length * Integer.BYTES));
    }
}
