package org.ambispike.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Segments;

/** The buffers of one item on one backend, filled with the same numbers on every backend; closes all of them. */
final class Workspace implements AutoCloseable {
    private final Backend backend;
    private final SplittableRandom random;
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    Workspace(Backend backend, long seed) {
        this.backend = backend;
        this.random = new SplittableRandom(seed);
    }

    /** Absent where no bytes are wanted. */
    DeviceBuffer bytes(String label, long count) {
        if (count == 0) {
            return DeviceBuffer.absent();
        }
        DeviceBuffer buffer = backend.memory().allocate(label, count);
        buffers.add(buffer);
        return buffer;
    }

    DeviceBuffer upload(String label, float... values) {
        DeviceBuffer buffer = bytes(label, (long) values.length * Float.BYTES);
        backend.memory().upload(values, 0, values.length, buffer);
        return buffer;
    }

    DeviceBuffer upload(String label, int... values) {
        DeviceBuffer buffer = bytes(label, (long) values.length * Integer.BYTES);
        backend.memory().upload(values, 0, values.length, buffer);
        return buffer;
    }

    DeviceBuffer upload(String label, double... values) {
        DeviceBuffer buffer = bytes(label, (long) values.length * Double.BYTES);
        backend.memory().upload(values, buffer);
        return buffer;
    }

    Segments segments(String label, List<Segments.Range> ranges) {
        Segments segments = Segments.upload(backend, label, ranges);
        buffers.add(segments.table());
        return segments;
    }

    DeviceBuffer gaussian(String label, long count) {
        return upload(label, gaussian(count));
    }

    float[] gaussian(long count) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    DeviceBuffer uniform(String label, long count, double low, double high) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return upload(label, values);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** For a result; what is not overwritten is not a number. */
    DeviceBuffer result(String label, long floats) {
        float[] values = new float[Math.toIntExact(floats)];
        Arrays.fill(values, Float.NaN);
        return upload(label, values);
    }

    float[] floats(DeviceBuffer source) {
        float[] values = new float[Math.toIntExact(source.floats())];
        backend.memory().download(source, values, 0, values.length);
        return values;
    }

    /** Rounded to floats. */
    float[] doubles(DeviceBuffer source) {
        double[] values = new double[Math.toIntExact(source.bytes() / Double.BYTES)];
        backend.memory().download(source, values);
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    /** 64-bit integers below 2^24. */
    float[] counts(DeviceBuffer source) {
        long[] values = new long[Math.toIntExact(source.bytes() / Long.BYTES)];
        backend.memory().download(source, values);
        float[] counts = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            counts[i] = values[i];
        }
        return counts;
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
    }
}
