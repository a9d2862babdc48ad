package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;

/**
 * What a streaming executor carries from one time step to the next: membranes, sums before max pools, sums of logits and
 * rates, and the drives that are constant in time.
 */
final class StreamState {
    /**
     * One array.
     *
     * @param parts 2 for [2, images, width], the two membranes of a neuron; else 1
     * @param width floats of one image in one part
     */
    private record Carried(Slot slot, int parts, long width) {}

    private final Backend backend;
    private final Slot rows;
    private final int[] places;
    private final List<Carried> carried = new ArrayList<>();
    private final List<Slot> counts = new ArrayList<>();

    /** @param rows for 2 images integers */
    StreamState(Backend backend, Slot rows, int images) {
        this.backend = backend;
        this.rows = rows;
        this.places = new int[2 * images];
    }

    void add(Slot slot, int parts, long width) {
        carried.add(new Carried(slot, parts, width));
    }

    /** Spike counts, which belong to the run as a whole. */
    void addCounts(Slot slot) {
        counts.add(slot);
    }

    /**
     * Takes chosen images over from an executor of the same graph and options, which may be this one.
     *
     * @param chosen [count] the images' places there, ascending
     * @param images the number of images there
     */
    void takeOver(StreamState other, int[] chosen, int count, int images) {
        int previous = -1;
        for (int index = 0; index < count; index++) {
            if (chosen[index] <= previous || chosen[index] >= images) {
                throw new IllegalArgumentException("the places of images to go on with must ascend and be below "
                        + images + ", got " + chosen[index] + " after " + previous);
            }
            previous = chosen[index];
            places[index] = chosen[index];
            places[count + index] = images + chosen[index];
        }
        backend.memory().upload(places, 0, 2 * count, rows.buffer());
        for (int index = 0; index < carried.size(); index++) {
            Carried target = carried.get(index);
            backend.linear()
                    .gatherRows(
                            other.carried.get(index).slot().buffer(),
                            rows.buffer(),
                            target.slot().buffer(),
                            target.parts() * count,
                            target.width());
        }
        for (int index = 0; other != this && index < counts.size(); index++) {
            backend.memory()
                    .copy(other.counts.get(index).buffer(), counts.get(index).buffer());
        }
    }
}
