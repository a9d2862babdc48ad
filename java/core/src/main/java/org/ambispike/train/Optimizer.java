package org.ambispike.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.UpdateStep;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ParameterRole;

/** Moments of the trained parameters on the device, and the update. Used by the backend's thread. */
final class Optimizer implements AutoCloseable {
    /** The rank of a convolution's weights, [out, k, k, in]. */
    private static final int FILTER_RANK = 4;

    private final Backend backend;
    private final ParameterStore store;
    private final OptimizerSettings settings;
    private final AdamSettings adam;
    private final StepScalars numbers;
    private final DeviceBuffer first;
    private final DeviceBuffer second;
    private final DeviceBuffer clip;
    private final List<String> trained;
    private final List<ParameterGroup> groups = new ArrayList<>();
    private final SquareSums squareSums;
    private final StepScalar schedule;
    private final StepScalar squares;
    private final Optional<Muon> muon;
    private long step;

    Optimizer(Backend backend, ParameterStore store, OptimizerSettings settings, StepScalars numbers) {
        this.backend = backend;
        this.store = store;
        this.settings = settings;
        this.adam = new AdamSettings(settings.beta1(), settings.beta2(), settings.epsilon());
        this.numbers = numbers;
        long bytes = store.allValues().bytes();
        this.first = backend.memory().allocate("optimiser.first", bytes);
        this.second = settings.method() == OptimizerSettings.Method.SGD
                ? DeviceBuffer.absent()
                : backend.memory().allocate("optimiser.second", bytes);
        this.clip = backend.memory().allocate("optimiser.clip", (long) UpdateStep.CLIP_NUMBERS * Double.BYTES);
        backend.memory().fill(first, 0);
        if (!second.isAbsent()) {
            backend.memory().fill(second, 0);
        }
        this.trained = store.values().keySet().stream()
                .filter(name -> ParameterRole.of(name).flatMap(settings::role).isPresent())
                .toList();
        this.schedule = numbers.input("schedule", UpdateStep.SCHEDULE_NUMBERS);
        this.squares = numbers.result("gradients", trained.size());
        this.squareSums = new SquareSums(backend, store, "optimiser", trained);
        settings.roles().keySet().forEach(role -> group(role, name -> !isFilter(name))
                .ifPresent(groups::add));
        this.muon = group(ParameterRole.WEIGHTS, this::isFilter)
                .map(filters -> new Muon(backend, store, filters, second, settings.beta1()));
    }

    /** The trained parameters of a role that are chosen, where there are any. */
    private Optional<ParameterGroup> group(ParameterRole role, Predicate<String> chosen) {
        List<String> names = trained.stream()
                .filter(name -> ParameterRole.of(name).equals(Optional.of(role)))
                .filter(chosen)
                .toList();
        return settings.role(role)
                .filter(any -> !names.isEmpty())
                .map(found -> ParameterGroup.of(store, names, found, first, second));
    }

    /** Filters of convolutions are matrices for Muon; a linear layer's would cost more than the pass that it learns from. */
    private boolean isFilter(String name) {
        return settings.method() == OptimizerSettings.Method.MUON
                && store.shape(name).rank() == FILTER_RANK;
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

    /**
     * One update, on the device: a call for each role. It changes nothing where a gradient, or another of the step's numbers, is
     * not finite.
     */
    void update() {
        squareSums.apply(store.allGradients(), squares.buffer());
        backend.optimizer().clip(numbers.results(), squares.buffer(), settings.gradientNorm(), clip);
        UpdateStep now = new UpdateStep(schedule.buffer(), clip);
        groups.forEach(group -> apply(group, now));
        muon.ifPresent(filters -> filters.update(now));
        store.changed();
    }

    private void apply(ParameterGroup group, UpdateStep now) {
        if (settings.method() == OptimizerSettings.Method.SGD) {
            backend.optimizer()
                    .sgd(group.update(), now, group.values(), group.gradient(), group.first(), settings.beta1(), true);
        } else {
            backend.optimizer()
                    .adamW(group.update(), now, group.values(), group.gradient(), group.first(), group.second(), adam);
        }
    }

    /**
     * Counts an update that was done.
     *
     * @throws NotFiniteException naming the first parameter whose gradient is not finite; nothing was updated then
     */
    void finish() {
        for (int index = 0; index < trained.size(); index++) {
            if (!Double.isFinite(squares.get(index))) {
                throw new NotFiniteException("the gradient of '" + trained.get(index) + "'");
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
        muon.ifPresent(Muon::close);
        squareSums.close();
        first.close();
        second.close();
        clip.close();
    }
}
