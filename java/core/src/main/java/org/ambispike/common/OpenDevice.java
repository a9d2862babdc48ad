package org.ambispike.common;

/**
 * A device that is open, for contexts that share it: what {@code Device.open} gives. Used by one thread at a time, and closed by who
 * opened it, after what computes on it. The library's own alone: other implementations are refused.
 */
public interface OpenDevice extends AutoCloseable {
    /** Returns {@code cpu} or {@code cuda}. */
    String name();

    /** Returns one line to print: device, instruction set, library versions, threads. */
    String describe();

    /** Returns the precision of convolutions and matrix multiplications. */
    Precision precision();

    /** Frees what the device holds; logs what was left open, never throws. */
    @Override
    void close();
}
