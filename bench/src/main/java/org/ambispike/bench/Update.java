package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.exec.ParameterStore;

/** What follows the gradients in a training step, as its parts: their norm, AdamW, and the average of the weights. */
final class Update implements AutoCloseable {
    /** Small enough that weights stay what they were however often a step is repeated. */
    private static final ParameterUpdate STEP = new ParameterUpdate(1e-9, 0, 0, 1, false, 1000);

    private final Backend backend;
    private final ParameterStore store;
    private final DeviceBuffer scratch;
    private final DeviceBuffer first;
    private final DeviceBuffer second;
    private final DeviceBuffer average;
    private final DeviceBuffer norm;
    private final List<Target> targets = new ArrayList<>();

    private record Target(DeviceBuffer value, DeviceBuffer gradient, DeviceBuffer first, DeviceBuffer second) {}

    Update(Backend backend, ParameterStore store, DeviceBuffer scratch) {
        this.backend = backend;
        this.store = store;
        this.scratch = scratch;
        long bytes = store.allValues().bytes();
        this.first = backend.allocate("first", bytes);
        this.second = backend.allocate("second", bytes);
        this.average = backend.allocate("average", bytes);
        this.norm = backend.allocate("norm", Double.BYTES);
        Fill.random(backend, first);
        Fill.positive(backend, second);
        backend.copy(store.allValues(), average);
        store.values()
                .forEach((name, value) -> targets.add(new Target(
                        value, store.gradient(name), store.sliceLike(first, name), store.sliceLike(second, name))));
    }

    List<Part> parts() {
        return List.of(
                new Part(
                        "norm of the gradients",
                        Part.Kind.KERNEL,
                        () -> targets.forEach(each -> backend.sumOfSquares(each.gradient, norm, scratch))),
                new Part("AdamW", Part.Kind.KERNEL, () -> targets.forEach(this::adamW)),
                new Part(
                        "moving average",
                        Part.Kind.KERNEL,
                        () -> backend.movingAverage(average, store.allValues(), 0.999)));
    }

    private void adamW(Target target) {
        backend.adamW(STEP, target.value, target.gradient, target.first, target.second, 0.9, 0.999, 1e-8);
    }

    @Override
    public void close() {
        first.close();
        second.close();
        average.close();
        norm.close();
    }
}
