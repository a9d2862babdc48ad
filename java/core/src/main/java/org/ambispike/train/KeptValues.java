package org.ambispike.train;

import org.ambispike.backend.DeviceBuffer;

/**
 * The values of one node for all images, kept until the last node that reads them was run: so no part of the network is computed
 * twice. Threads write and read chunks of their own.
 */
sealed interface KeptValues extends AutoCloseable permits KeptFloats, KeptSpikes {
    /**
     * Takes a chunk over.
     *
     * @param arrays of the thread
     * @param values [T, batch, H, W, C]
     */
    void keep(HostArrays arrays, DeviceBuffer values, int chunk);

    /** Writes a chunk as it was taken over. */
    void give(HostArrays arrays, int chunk, DeviceBuffer target);

    @Override
    void close();
}
