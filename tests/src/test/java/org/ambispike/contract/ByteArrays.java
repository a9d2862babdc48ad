package org.ambispike.contract;

import java.util.Random;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.support.ByteWords;

/** Bytes in buffers of 32-bit elements, as unsigned numbers. */
final class ByteArrays {
    private ByteArrays() {}

    /** Numbers from 0 to 255 such that levels are at most so many of either sign. */
    static int[] random(Random random, int count, int mostLevels) {
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = Int8Operations.ZERO + random.nextInt(2 * mostLevels + 1) - mostLevels;
        }
        return bytes;
    }

    /** In f32, what bytes stand for. */
    static float[] levels(int[] bytes) {
        float[] levels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            levels[i] = bytes[i] - Int8Operations.ZERO;
        }
        return levels;
    }

    static DeviceBuffer upload(DeviceArrays arrays, String label, int[] bytes) {
        return arrays.upload(label, ByteWords.pack(bytes));
    }

    /** A place for results behind which nothing may be written but what fills the last 32-bit element. */
    static DeviceBuffer output(DeviceArrays arrays, String label, int bytes) {
        return arrays.output(label, (bytes + 3) / 4);
    }

    static int[] download(DeviceArrays arrays, DeviceBuffer source, int count) {
        return ByteWords.unpack(arrays.download(source), count);
    }
}
