package org.ambispike.train;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;

/** Arrays of one thread, between its device and what is kept; they grow, and are used again. */
final class HostArrays {
    private final DeviceMemory memory;
    private float[] floats = {};
    private byte[] bytes = {};

    /** @param memory of the thread's backend */
    HostArrays(DeviceMemory memory) {
        this.memory = memory;
    }

    DeviceMemory memory() {
        return memory;
    }

    /** An array of at least so many elements, until the next call. */
    float[] floats(int count) {
        if (floats.length < count) {
            floats = new float[count];
        }
        return floats;
    }

    /** An array of at least so many elements, until the next call. */
    byte[] bytes(int count) {
        if (bytes.length < count) {
            bytes = new byte[count];
        }
        return bytes;
    }

    /** The values of a whole buffer, until the next call. */
    float[] download(DeviceBuffer source) {
        int count = Math.toIntExact(source.floats());
        float[] values = floats(count);
        memory.download(source, values, 0, count);
        return values;
    }
}
