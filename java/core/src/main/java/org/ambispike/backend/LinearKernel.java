package org.ambispike.backend;

/**
 * A planned convolution or matrix multiplication with weights: shapes and algorithm are settled, buffers are not. Used by one
 * thread. The order is: plan, {@link #attach} its memory, then for every change of the weights {@link #prepareWeights},
 * then any number of passes.
 */
public interface LinearKernel extends AutoCloseable {
    /** Bytes that this kernel keeps for itself (weights in its own layout, converted operands). */
    long ownBytes();

    /** Bytes that it needs only during a call and shares with the others. */
    long scratchBytes();

    /** Gives the kernel its memory: at least {@link #ownBytes} and {@link #scratchBytes}, or absent where 0. */
    void attach(DeviceBuffer own, DeviceBuffer scratch);

    /** Takes over changed weights, [out, k, k, in / groups] or [outputs, inputs]. */
    void prepareWeights(DeviceBuffer weights);

    /** dst = src * weights + bias. */
    void forward(DeviceBuffer src, DeviceBuffer bias, DeviceBuffer dst);

    /** gradSrc = gradDst * weights, transposed; planned for training only. */
    void backwardData(DeviceBuffer gradDst, DeviceBuffer gradSrc);

    /** Gradients of weights and bias, overwritten; planned for training only. */
    void backwardWeights(DeviceBuffer src, DeviceBuffer gradDst, DeviceBuffer gradWeights, DeviceBuffer gradBias);

    /** Describes what was chosen: implementation and layout. */
    String describe();

    @Override
    void close();
}
