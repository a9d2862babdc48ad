package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.UpdateStep;
import org.ambispike.exec.ParameterStore;

/** What follows the gradients in a training step, as its parts: their norm, AdamW, and the average of the weights. */
final class Update implements AutoCloseable {
    /** Small enough that weights stay what they were however often a step is repeated. */
    private static final ParameterUpdate STEP = new ParameterUpdate(1e-9, 0, 0, false);

    private final Backend backend;
    private final ParameterStore store;
    private final DeviceBuffer scratch;
    private final DeviceBuffer first;
    private final DeviceBuffer second;
    private final DeviceBuffer average;
    private final DeviceBuffer squares;
    private final DeviceBuffer numbers;
    private final UpdateStep now;
    private final List<Target> targets = new ArrayList<>();

    private record Target(
            DeviceBuffer value, DeviceBuffer gradient, DeviceBuffer first, DeviceBuffer second, DeviceBuffer square) {}

    Update(Backend backend, ParameterStore store, DeviceBuffer scratch) {
        this.backend = backend;
        this.store = store;
        this.scratch = scratch;
        long bytes = store.allValues().bytes();
        this.first = backend.allocate("first", bytes);
        this.second = backend.allocate("second", bytes);
        this.average = backend.allocate("average", bytes);
        this.squares = backend.allocate("squares", (long) store.values().size() * Double.BYTES);
        this.numbers = UpdateNumbers.allocate(backend);
        this.now = UpdateNumbers.step(numbers);
        Fill.random(backend, first);
        Fill.positive(backend, second);
        backend.copy(store.allValues(), average);
        store.values()
                .forEach((name, value) -> targets.add(new Target(
                        value,
                        store.gradient(name),
                        store.sliceLike(first, name),
                        store.sliceLike(second, name),
                        squares.slice(name, 2L * targets.size(), 2))));
    }

    List<Part> parts() {
        return List.of(
                new Part("norm of the gradients", Part.Kind.KERNEL, this::norm),
                new Part("AdamW", Part.Kind.KERNEL, () -> targets.forEach(this::adamW)),
                new Part(
                        "moving average",
                        Part.Kind.KERNEL,
                        () -> backend.movingAverage(
                                average, store.allValues(), UpdateNumbers.decay(numbers), now.clip())));
    }

    private void norm() {
        targets.forEach(each -> backend.sumOfSquares(each.gradient, each.square, scratch));
        backend.clip(squares, squares, 0, now.clip());
    }

    private void adamW(Target target) {
        backend.adamW(STEP, now, target.value, target.gradient, target.first, target.second, 0.9, 0.999, 1e-8);
    }

    @Override
    public void close() {
        first.close();
        second.close();
        average.close();
        squares.close();
        numbers.close();
    }
}
