package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.LinearAlgebra;

/** Puts values together or in another order, block by block: a copy for each input. */
final class BlockCopyStep extends Step {
    private final LinearAlgebra linear;
    private final List<BlockCopy> copies;
    private final List<BlockCopy> back;
    private final Optional<CopiedLevels> levels;

    /** @param levels where the elements are levels in bytes */
    BlockCopyStep(LinearAlgebra linear, List<BlockCopy> copies, Optional<CopiedLevels> levels, StepBuffers buffers) {
        super(buffers);
        this.linear = linear;
        this.copies = copies;
        this.levels = levels;
        this.back = copies.stream().map(BlockCopy::transposed).toList();
    }

    @Override
    void prepare() {
        levels.ifPresent(CopiedLevels::prepare);
    }

    @Override
    void forward() {
        for (int index = 0; index < copies.size(); index++) {
            linear.copyBlocks(copies.get(index), input(index).buffer(), output().buffer());
        }
    }

    @Override
    void backward() {
        for (int index = 0; index < back.size(); index++) {
            if (inputGradient(index).isPresent()) {
                linear.copyBlocks(
                        back.get(index),
                        outputGradient().buffer(),
                        inputGradient(index).get().buffer());
            }
        }
    }
}
