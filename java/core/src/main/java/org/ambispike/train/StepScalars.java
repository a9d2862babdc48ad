package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;

/**
 * The numbers of a step: those that the host uploads before it, in one copy, and those that the device leaves, which the
 * host gets in one copy. Parts are asked for first; then all is allocated. Used by the backend's thread.
 */
final class StepScalars implements AutoCloseable {
    /** What goes one way. */
    private static final class Block {
        private final String label;
        private final List<StepScalar> parts = new ArrayList<>();
        private int size;
        private double[] host = {};
        private DeviceBuffer device = DeviceBuffer.absent();

        Block(String label) {
            this.label = label;
        }

        StepScalar part(String name, int count) {
            if (!device.isAbsent()) {
                throw new IllegalStateException("'" + name + "' is asked for after the " + label + " were allocated");
            }
            StepScalar part = new StepScalar(name, size, count);
            size += count;
            parts.add(part);
            return part;
        }

        void allocate(Backend backend) {
            host = new double[Math.max(1, size)];
            device = backend.memory().allocate(label, (long) host.length * Double.BYTES);
            backend.memory().upload(host, device);
            parts.forEach(part -> part.attach(host, device));
        }
    }

    private final Backend backend;
    private final Block inputs = new Block("step inputs");
    private final Block results = new Block("step results");

    public StepScalars(Backend backend) {
        this.backend = backend;
    }

    /** Numbers that the host uploads. */
    public StepScalar input(String label, int count) {
        return inputs.part(label, count);
    }

    /** Numbers that the device leaves. Nothing is updated in a step where one of them is not finite. */
    public StepScalar result(String label, int count) {
        return results.part(label, count);
    }

    /** Makes room for all parts; no more can be asked for. */
    public void allocate() {
        inputs.allocate(backend);
        results.allocate(backend);
    }

    /** All that the device leaves, doubles; zeros where nothing was left yet. */
    DeviceBuffer results() {
        return results.device;
    }

    void handOver() {
        backend.memory().upload(inputs.host, inputs.device);
    }

    /** Waits for the device. */
    void fetch() {
        backend.memory().download(results.device, results.host);
    }

    @Override
    public void close() {
        inputs.device.close();
        results.device.close();
    }
}
