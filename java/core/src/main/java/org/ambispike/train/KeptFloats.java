package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;

/** Values as they are: an ANN's activations, and spikes of several quanta or with gains. */
final class KeptFloats implements KeptValues {
    private final DeviceBuffer values;
    private final long ofChunk;

    /** @param ofChunk how many values a chunk has */
    KeptFloats(Backend backend, String node, int chunks, long ofChunk) {
        this.values = backend.memory().allocate(node + " of all images", chunks * ofChunk * Float.BYTES);
        this.ofChunk = ofChunk;
    }

    /** Takes a chunk over from an array. */
    void keep(DeviceMemory memory, float[] source, int chunk) {
        memory.upload(source, 0, Math.toIntExact(ofChunk), slice(chunk));
    }

    @Override
    public void keep(HostArrays arrays, DeviceBuffer source, int chunk) {
        arrays.memory().copy(source.slice(source.label(), 0, ofChunk), slice(chunk));
    }

    @Override
    public void give(HostArrays arrays, int chunk, DeviceBuffer target) {
        arrays.memory().copy(slice(chunk), target);
    }

    private DeviceBuffer slice(int chunk) {
        return values.slice(values.label(), chunk * ofChunk, ofChunk);
    }

    @Override
    public void close() {
        values.close();
    }
}
