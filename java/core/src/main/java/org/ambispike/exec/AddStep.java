package org.ambispike.exec;

import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.MemoryPlan.Slot;

/**
 * The sum of two branches. The second may be constant in time where the first is not: it is then added at every step,
 * and its gradient is the sum over all of them.
 */
final class AddStep extends Step {
    private final Backend backend;
    private final long count;
    private final int steps;
    private List<DeviceBuffer> first = List.of();
    private List<DeviceBuffer> second = List.of();
    private List<DeviceBuffer> sum = List.of();
    private List<DeviceBuffer> sumGradient = List.of();
    private List<DeviceBuffer> secondGradient = List.of();

    /**
     * Plans a sum.
     *
     * @param count values of the second input
     * @param steps how often it is added: T where it alone is constant in time, else 1
     */
    AddStep(Backend backend, long count, int steps, Slot first, Slot second, Slot output) {
        super(List.of(first, second), output);
        this.backend = backend;
        this.count = count;
        this.steps = steps;
    }

    /** The gradient of the first input is that of the output. */
    @Override
    boolean worksInPlace() {
        return true;
    }

    /** Parts are cut here, so that passes make no objects. */
    @Override
    void attach() {
        first = parts(input(0), steps);
        second = parts(input(1), 1);
        sum = parts(output(), steps);
        if (inputGradient(1).isPresent()) {
            sumGradient = parts(outputGradient(), steps);
            secondGradient = parts(inputGradient(1).get(), 1);
        }
    }

    private List<DeviceBuffer> parts(Slot slot, int number) {
        return IntStream.range(0, number)
                .mapToObj(part -> slot.buffer().slice("part " + part, part * count, count))
                .toList();
    }

    @Override
    void forward() {
        for (int step = 0; step < steps; step++) {
            backend.linear().add(first.get(step), second.get(0), sum.get(step));
        }
    }

    @Override
    void backward() {
        for (DeviceBuffer gradient : secondGradient) {
            backend.memory().copy(sumGradient.get(0), gradient);
            for (int step = 1; step < steps; step++) {
                backend.linear().add(gradient, sumGradient.get(step), gradient);
            }
        }
    }
}
