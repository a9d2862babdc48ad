package org.ambispike.bench;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
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
    private final Segments tensors;

    Update(Backend backend, ParameterStore store) {
        this.backend = backend;
        this.store = store;
        long bytes = store.allValues().bytes();
        List<String> names = List.copyOf(store.values().keySet());
        this.scratch = backend.memory().allocate("scratch", backend.memory().scratchBytes(names.size(), 1));
        this.first = backend.memory().allocate("first", bytes);
        this.second = backend.memory().allocate("second", bytes);
        this.average = backend.memory().allocate("average", bytes);
        this.squares = backend.memory().allocate("squares", (long) names.size() * Double.BYTES);
        this.numbers = UpdateNumbers.allocate(backend);
        this.now = UpdateNumbers.step(numbers);
        this.tensors = store.segments("tensors", names);
        Fill.random(backend, first);
        Fill.positive(backend, second);
        backend.memory().copy(store.allValues(), average);
    }

    List<Part> parts() {
        return List.of(
                new Part("norm of the gradients", Part.Kind.KERNEL, this::norm),
                new Part("AdamW", Part.Kind.KERNEL, this::adamW),
                new Part("moving average", Part.Kind.KERNEL, () -> backend.optimizer()
                        .movingAverage(average, store.allValues(), UpdateNumbers.decay(numbers), now.clip())));
    }

    private void norm() {
        backend.optimizer().sumsOfSquares(store.allGradients(), tensors, squares, scratch);
        backend.optimizer().clip(squares, squares, 0, now.clip());
    }

    private void adamW() {
        backend.optimizer()
                .adamW(STEP, now, store.allValues(), store.allGradients(), first, second, UpdateNumbers.ADAM);
    }

    @Override
    public void close() {
        first.close();
        second.close();
        average.close();
        squares.close();
        numbers.close();
        scratch.close();
        tensors.close();
    }
}
