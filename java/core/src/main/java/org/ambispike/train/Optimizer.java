package org.ambispike.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.UpdateStep;
import org.ambispike.exec.ParameterRole;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Shape;

/** Moments of the trained parameters on the device, and the update. Used by the backend's thread. */
final class Optimizer implements AutoCloseable {
    /** Of a convolution's weights, [out, k, k, in]. */
    private static final int FILTER_RANK = 4;

    /** One trained parameter and its slices. */
    private record Target(
            String name,
            ParameterUpdate update,
            DeviceBuffer value,
            DeviceBuffer gradient,
            DeviceBuffer first,
            DeviceBuffer second) {}

    private final Backend backend;
    private final ParameterStore store;
    private final OptimizerSettings settings;
    private final StepNumbers numbers;
    private final DeviceBuffer first;
    private final DeviceBuffer second;
    private final DeviceBuffer clip;
    private final List<Target> targets = new ArrayList<>();
    private final List<Target> elementwise;
    private final NumberPart schedule;
    private final NumberPart squares;
    private final Muon muon;
    private long step;

    Optimizer(Backend backend, ParameterStore store, OptimizerSettings settings, StepNumbers numbers) {
        this.backend = backend;
        this.store = store;
        this.settings = settings;
        this.numbers = numbers;
        long bytes = store.allValues().bytes();
        this.first = backend.allocate("optimiser.first", bytes);
        this.second = settings.method() == OptimizerSettings.Method.SGD
                ? DeviceBuffer.absent()
                : backend.allocate("optimiser.second", bytes);
        this.clip = backend.allocate("optimiser.clip", (long) UpdateStep.CLIP_NUMBERS * Double.BYTES);
        backend.fill(first, 0);
        if (!second.isAbsent()) {
            backend.fill(second, 0);
        }
        for (String name : store.values().keySet()) {
            ParameterRole.of(name)
                    .flatMap(settings::role)
                    .ifPresent(role -> targets.add(new Target(
                            name,
                            new ParameterUpdate(role.learningRate(), role.decay(), role.l2(), role.logSpace()),
                            store.value(name),
                            store.gradient(name),
                            store.sliceLike(first, name),
                            second.isAbsent() ? second : store.sliceLike(second, name))));
        }
        this.schedule = numbers.input("schedule", UpdateStep.SCHEDULE_NUMBERS);
        this.squares = numbers.result("gradients", targets.size());
        this.muon = new Muon(
                backend,
                targets.stream()
                        .filter(target -> isFilter(target.name()))
                        .map(this::matrix)
                        .toList(),
                settings.beta1());
        this.elementwise =
                targets.stream().filter(target -> !isFilter(target.name())).toList();
    }

    /** Filters of convolutions are matrices for Muon; a linear layer's would cost more than the pass that it learns from. */
    private boolean isFilter(String name) {
        return settings.method() == OptimizerSettings.Method.MUON
                && store.shape(name).rank() == FILTER_RANK;
    }

    private Muon.Matrix matrix(Target target) {
        Shape shape = store.shape(target.name());
        int rows = shape.extent(0);
        return new Muon.Matrix(
                rows,
                Math.toIntExact(shape.elements() / rows),
                target.update(),
                target.value(),
                target.gradient(),
                target.first(),
                target.second());
    }

    /**
     * Sets the numbers of the next update.
     *
     * @param rateFactor on all learning rates
     */
    void begin(double rateFactor) {
        double[] now = UpdateStep.schedule(rateFactor, settings.beta1(), settings.beta2(), step + 1);
        for (int index = 0; index < now.length; index++) {
            schedule.set(index, now[index]);
        }
    }

    /** One update, on the device. It changes nothing where a gradient, or another of the step's numbers, is not finite. */
    void update(DeviceBuffer scratch) {
        for (int index = 0; index < targets.size(); index++) {
            backend.sumOfSquares(targets.get(index).gradient(), squares.buffer(index), scratch);
        }
        backend.clip(numbers.results(), squares.buffer(), settings.gradientNorm(), clip);
        UpdateStep now = new UpdateStep(schedule.buffer(), clip);
        for (Target target : elementwise) {
            apply(target, now);
        }
        muon.update(now, scratch);
        store.changed();
    }

    private void apply(Target target, UpdateStep now) {
        if (settings.method() != OptimizerSettings.Method.SGD) {
            backend.adamW(
                    target.update(),
                    now,
                    target.value(),
                    target.gradient(),
                    target.first(),
                    target.second(),
                    settings.beta1(),
                    settings.beta2(),
                    settings.epsilon());
        } else {
            backend.sgd(
                    target.update(), now, target.value(), target.gradient(), target.first(), settings.beta1(), true);
        }
    }

    /**
     * Counts an update that was done.
     *
     * @throws NotFiniteException naming the first parameter whose gradient is not finite; nothing was updated then
     */
    void finish() {
        for (int index = 0; index < targets.size(); index++) {
            if (!Double.isFinite(squares.get(index))) {
                throw new NotFiniteException(
                        "the gradient of '" + targets.get(index).name() + "'");
            }
        }
        step++;
        store.changed();
    }

    /** How the last update was clipped, [2] doubles; see {@link UpdateStep}. */
    DeviceBuffer clip() {
        return clip;
    }

    long step() {
        return step;
    }

    /** The buffers that a checkpoint keeps, by name. */
    Map<String, DeviceBuffer> state() {
        Map<String, DeviceBuffer> state = new LinkedHashMap<>();
        state.put("first", first);
        if (!second.isAbsent()) {
            state.put("second", second);
        }
        return state;
    }

    void resume(long stepsDone) {
        step = stepsDone;
    }

    @Override
    public void close() {
        muon.close();
        first.close();
        second.close();
        clip.close();
    }
}
