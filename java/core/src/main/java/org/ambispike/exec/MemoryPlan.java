package org.ambispike.exec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;

/**
 * Places buffers with known lifetimes in one arena: two of them share bytes only if they are never alive at the same
 * moment. First the requests, then {@link #layOut}, then {@link #allocate}.
 */
final class MemoryPlan {
    /** A buffer that will be there once the plan is allocated. */
    static final class Slot {
        private final String label;
        private long bytes;
        private int from;
        private int to;
        private long offset = -1;
        private float[] first = {};
        private DeviceBuffer buffer = DeviceBuffer.absent();

        private Slot(String label, long bytes, int from, int to) {
            this.label = label;
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }

        /** Keeps the buffer alive until a later moment too. */
        void extendTo(int moment) {
            to = Math.max(to, moment);
        }

        /** Makes the buffer at least so large. */
        void growTo(long least) {
            bytes = Math.max(bytes, Alignment.bytes(least));
        }

        /** Keeps the buffer to itself from the first moment to the given last one, for values that outlive a pass. */
        void keepUntil(int end) {
            from = 0;
            extendTo(end);
        }

        /** Lets the buffer, which must be to itself throughout, hold values when it is allocated. */
        void holding(float... values) {
            first = values;
        }

        DeviceBuffer buffer() {
            return buffer;
        }

        /** The buffer of a slot, or none. */
        static DeviceBuffer buffer(Optional<Slot> slot) {
            return slot.map(Slot::buffer).orElse(DeviceBuffer.absent());
        }

        private boolean overlapsInTime(Slot other) {
            return from <= other.to && other.from <= to;
        }
    }

    private final List<Slot> slots = new ArrayList<>();
    private long size;

    /** A buffer that is written at moment {@code from} and read last at {@code to}. */
    Slot request(String label, long bytes, int from, int to) {
        Slot slot = new Slot(label, Alignment.bytes(bytes), from, to);
        slots.add(slot);
        return slot;
    }

    /** Settles all offsets: largest first, each at the lowest place that is free throughout its life. */
    void layOut() {
        List<Slot> placed = new ArrayList<>();
        List<Slot> bySize = new ArrayList<>(slots);
        bySize.sort(Comparator.comparingLong((Slot slot) -> slot.bytes).reversed());
        for (Slot slot : bySize) {
            List<Slot> rivals = placed.stream()
                    .filter(slot::overlapsInTime)
                    .sorted(Comparator.comparingLong(rival -> rival.offset))
                    .toList();
            long offset = 0;
            for (Slot rival : rivals) {
                if (offset + slot.bytes <= rival.offset) {
                    break;
                }
                offset = Math.max(offset, rival.offset + rival.bytes);
            }
            slot.offset = offset;
            size = Math.max(size, offset + slot.bytes);
            placed.add(slot);
        }
    }

    long size() {
        return size;
    }

    /** The owner of all slots' bytes. */
    DeviceBuffer allocate(DeviceMemory memory, String label) {
        DeviceBuffer arena = memory.allocate(label, Math.max(size, Float.BYTES));
        for (Slot slot : slots) {
            if (slot.bytes > 0) {
                slot.buffer = arena.slice(slot.label, slot.offset / Float.BYTES, slot.bytes / Float.BYTES);
                if (slot.first.length > 0) {
                    memory.upload(slot.first, 0, slot.first.length, slot.buffer);
                }
            }
        }
        return arena;
    }
}
