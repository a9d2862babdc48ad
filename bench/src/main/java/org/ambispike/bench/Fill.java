package org.ambispike.bench;

import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;

/** Contents for buffers; equal in every run. */
final class Fill {
    private static final int BLOCK = 1 << 18;

    private Fill() {}

    /** Uniform values in [-1, 1). */
    static void random(Backend backend, DeviceBuffer target) {
        repeat(backend, target, block(-1, 1));
    }

    /** Uniform values in [0, 1). */
    static void positive(Backend backend, DeviceBuffer target) {
        repeat(backend, target, block(0, 1));
    }

    /** Values in (-1, 1) of either sign, whether they are read as f32 or as twice as many in bf16. */
    static void halves(Backend backend, DeviceBuffer target) {
        float[] values = block(-1, 1);
        for (int index = 0; index < BLOCK; index++) {
            int half = Float.floatToRawIntBits(values[index]) >>> 16;
            values[index] = Float.intBitsToFloat(half << 16 | half);
        }
        repeat(backend, target, values);
    }

    private static float[] block(double from, double to) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[BLOCK];
        for (int index = 0; index < BLOCK; index++) {
            values[index] = (float) random.nextDouble(from, to);
        }
        return values;
    }

    private static void repeat(Backend backend, DeviceBuffer target, float[] block) {
        for (long offset = 0; offset < target.floats(); offset += BLOCK) {
            int count = (int) Math.min(BLOCK, target.floats() - offset);
            backend.memory().upload(block, 0, count, target.slice(target.label(), offset, count));
        }
    }
}
