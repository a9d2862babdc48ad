package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;

/**
 * Some of the {@link StepScalars}: doubles on the device, and the values that the host knows. There once the numbers are
 * allocated. Used by the backend's thread.
 */
final class StepScalar {
    /** Where it lies. */
    private record Place(double[] host, DeviceBuffer whole, List<DeviceBuffer> each) {}

    private static final int FLOATS = Double.BYTES / Float.BYTES;

    private final String label;
    private final int first;
    private final int count;
    private Optional<Place> place = Optional.empty();

    StepScalar(String label, int first, int count) {
        this.label = label;
        this.first = first;
        this.count = count;
    }

    void attach(double[] host, DeviceBuffer device) {
        List<DeviceBuffer> each = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            each.add(device.slice(label + " " + index, (long) (first + index) * FLOATS, FLOATS));
        }
        place = Optional.of(
                new Place(host, device.slice(label, (long) first * FLOATS, (long) count * FLOATS), List.copyOf(each)));
    }

    private Place place() {
        return place.orElseThrow(() -> new IllegalStateException("'" + label + "' is used before it is allocated"));
    }

    /** All of it, [count] doubles. */
    public DeviceBuffer buffer() {
        return place().whole();
    }

    /** One of it, [1] double. */
    public DeviceBuffer buffer(int index) {
        return place().each().get(index);
    }

    /** What the host knows of one: what it last uploaded or, of a result, downloaded. */
    public double get(int index) {
        return place().host()[at(index)];
    }

    /** Sets one that the host uploads with the next step. */
    public void set(int index, double value) {
        place().host()[at(index)] = value;
    }

    private int at(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("'" + label + "' has " + count + " numbers, not one at " + index);
        }
        return first + index;
    }

    public int count() {
        return count;
    }
}
