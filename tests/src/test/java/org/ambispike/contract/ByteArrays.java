package org.ambispike.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;

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
        ByteBuffer packed = ByteBuffer.allocate((bytes.length + 3) / 4 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : bytes) {
            packed.put((byte) value);
        }
        int[] words = new int[packed.capacity() / Integer.BYTES];
        packed.rewind().asIntBuffer().get(words);
        return arrays.upload(label, words);
    }

    /** A place for results behind which nothing may be written but what fills the last 32-bit element. */
    static DeviceBuffer output(DeviceArrays arrays, String label, int bytes) {
        return arrays.output(label, (bytes + 3) / 4);
    }

    static int[] download(DeviceArrays arrays, DeviceBuffer source, int count) {
        float[] words = arrays.download(source);
        int[] bytes = new int[words.length * Float.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Float.floatToRawIntBits(words[i / Float.BYTES]) >>> 8 * (i % Float.BYTES) & 0xff;
        }
        return Arrays.copyOf(bytes, count);
    }
}
