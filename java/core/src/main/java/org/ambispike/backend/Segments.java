package org.ambispike.backend;

import java.util.List;

/**
 * Where tensors lie in one buffer, for operations that do all of them in one call, each by itself. Belongs to the backend that
 * holds the table; immutable.
 *
 * @param table [count, 2] 64-bit integers: the first element of each tensor, and how many it has
 * @param count of tensors
 */
public record Segments(DeviceBuffer table, int count) implements AutoCloseable {
    /**
     * A tensor's place.
     *
     * @param first element, in 32-bit elements from the start of the buffer
     * @param floats how many there are
     */
    public record Range(long first, long floats) {}

    /** Uploads the places of tensors; the caller closes the result. */
    public static Segments upload(Backend backend, String label, List<Range> ranges) {
        int[] halves = new int[ranges.size() * 4];
        for (int index = 0; index < ranges.size(); index++) {
            Range range = ranges.get(index);
            split(range.first(), halves, 4 * index);
            split(range.floats(), halves, 4 * index + 2);
        }
        DeviceBuffer table = backend.memory().allocate(label, Math.max(1, ranges.size()) * 2L * Long.BYTES);
        backend.memory().upload(halves, 0, halves.length, table);
        return new Segments(table, ranges.size());
    }

    /** Low half first, as on all the machines that there are kernels for. */
    private static void split(long value, int[] halves, int at) {
        halves[at] = (int) value;
        halves[at + 1] = (int) (value >>> 32);
    }

    @Override
    public void close() {
        table.close();
    }
}
