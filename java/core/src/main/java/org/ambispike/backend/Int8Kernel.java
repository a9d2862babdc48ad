package org.ambispike.backend;

/**
 * A planned convolution or matrix multiplication that reads spikes stored as bytes ({@link Int8Operations}) and gives f32. Used
 * by one thread. The order is: plan, {@link #attach} its memory, then for every change of the parameters {@link #prepare},
 * then any number of passes.
 */
public interface Int8Kernel extends AutoCloseable {
    /** Bytes that this kernel keeps for itself. */
    long ownBytes();

    /** Bytes that it needs only during a call and shares with others. */
    long scratchBytes();

    /** Gives the kernel its memory: at least {@link #ownBytes} and {@link #scratchBytes}, or absent where 0. */
    void attach(DeviceBuffer own, DeviceBuffer scratch);

    /**
     * Takes over parameters. With w = weights * unit * factor, the weights of output o are rounded to whole multiples of
     * max |w[o]| / 127; the sums over bytes and rounded weights are exact.
     *
     * @param weights [out, k, k, in / groups] or [outputs, inputs], f32
     * @param bias [out], f32
     * @param unit [channels] what one level of an input channel is worth
     * @param factor what a level is worth in units: 1, or one over the size of a window that was summed
     */
    void prepare(DeviceBuffer weights, DeviceBuffer bias, DeviceBuffer unit, double factor);

    /**
     * dst = what src is worth * weights + bias.
     *
     * @param src bytes
     * @param dst f32
     */
    void forward(DeviceBuffer src, DeviceBuffer dst);

    /** Describes what was chosen: implementation and layout. */
    String describe();

    @Override
    void close();
}
