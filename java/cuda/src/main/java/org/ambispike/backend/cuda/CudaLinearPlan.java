package org.ambispike.backend.cuda;

import org.bytedeco.javacpp.Pointer;

/**
 * The passes of a layer with weights by a library, on operands in the type of its precision. What is written has the same type,
 * unless {@link #writesFloats}.
 */
interface CudaLinearPlan extends AutoCloseable {
    /** Elements of src, weights and dst; dst is [rows, outputs]. */
    long srcElements();

    long weightElements();

    long rows();

    int outputs();

    boolean writesFloats();

    /** Bytes of workspace that the largest of the passes needs. */
    long workspaceBytes();

    void forward(Pointer src, Pointer weights, Pointer dst, Pointer workspace);

    void backwardData(Pointer gradDst, Pointer weights, Pointer gradSrc, Pointer workspace);

    void backwardWeights(Pointer src, Pointer gradDst, Pointer gradWeights, Pointer workspace);

    /** Describes library and algorithms. */
    String describe();

    @Override
    void close();
}
