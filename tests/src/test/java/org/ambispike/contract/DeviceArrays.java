package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Segments;

/** The buffers of one test and the copies between them and Java arrays; closes what it allocated. */
final class DeviceArrays implements AutoCloseable {
    private static final int GUARD = 64;

    private final Backend backend;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final List<DeviceBuffer> guards = new ArrayList<>();

    DeviceArrays(Backend backend) {
        this.backend = backend;
    }

    /** Absent where no bytes are wanted. */
    DeviceBuffer allocate(String label, long bytes) {
        if (bytes == 0) {
            return DeviceBuffer.absent();
        }
        DeviceBuffer buffer = backend.memory().allocate(label, bytes);
        buffers.add(buffer);
        return buffer;
    }

    /** A poisoned buffer for results; {@link #close} fails if anything was written past its end. */
    DeviceBuffer output(String label, long floats) {
        DeviceBuffer whole = allocate(label, (floats + GUARD) * Float.BYTES);
        poison(whole);
        guards.add(whole.slice(label + " guard", floats, GUARD));
        return whole.slice(label, 0, floats);
    }

    DeviceBuffer upload(String label, float... values) {
        DeviceBuffer buffer = output(label, values.length);
        backend.memory().upload(values, 0, values.length, buffer);
        return buffer;
    }

    DeviceBuffer upload(String label, int... values) {
        DeviceBuffer buffer = allocate(label, (long) values.length * Integer.BYTES);
        backend.memory().upload(values, 0, values.length, buffer);
        return buffer;
    }

    /** 64-bit integers, little end first. */
    DeviceBuffer uploadLongs(String label, long... values) {
        int[] halves = new int[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            halves[2 * i] = (int) values[i];
            halves[2 * i + 1] = (int) (values[i] >>> 32);
        }
        return upload(label, halves);
    }

    Segments segments(List<Segments.Range> ranges) {
        Segments segments = Segments.upload(backend, "segments", ranges);
        buffers.add(segments.table());
        return segments;
    }

    DeviceBuffer uploadDoubles(String label, double... values) {
        DeviceBuffer buffer = output(label, 2L * values.length);
        backend.memory().upload(values, buffer);
        return buffer;
    }

    /** Fills the buffer with normally distributed numbers, and returns them. */
    float[] uploadRandom(Random random, DeviceBuffer target) {
        float[] values = gaussian(random, (int) target.floats());
        backend.memory().upload(values, 0, values.length, target);
        return values;
    }

    static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static double[] widen(float... values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    float[] download(DeviceBuffer source) {
        float[] values = new float[(int) source.floats()];
        backend.memory().download(source, values, 0, values.length);
        return values;
    }

    double[] downloadDoubles(DeviceBuffer source) {
        double[] values = new double[(int) (source.bytes() / Double.BYTES)];
        backend.memory().download(source, values);
        return values;
    }

    /** What an operation does not overwrite must show. */
    void poison(DeviceBuffer target) {
        float[] values = new float[(int) target.floats()];
        Arrays.fill(values, Float.NaN);
        backend.memory().upload(values, 0, values.length, target);
    }

    @Override
    public void close() {
        for (DeviceBuffer guard : guards) {
            assertThat(download(guard)).as(guard.label()).containsOnly(Float.NaN);
        }
        buffers.forEach(DeviceBuffer::close);
    }
}
