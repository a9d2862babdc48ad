package org.ambispike.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.exec.ParameterRole;
import org.ambispike.exec.ParameterStore;
import org.ambispike.tensor.Shape;

/** Moments of the trained parameters on the device, and the update. Used by the backend's thread. */
final class Optimizer implements AutoCloseable {
    /** Of a convolution's weights, [out, k, k, in]. */
    private static final int FILTER_RANK = 4;

    /** One trained parameter and its slices. */
    private record Target(
            String name,
            RoleSettings settings,
            DeviceBuffer value,
            DeviceBuffer gradient,
            DeviceBuffer first,
            DeviceBuffer second,
            DeviceBuffer norm) {}

    private final Backend backend;
    private final ParameterStore store;
    private final OptimizerSettings settings;
    private final DeviceBuffer first;
    private final DeviceBuffer second;
    private final DeviceBuffer norms;
    private final List<Target> targets = new ArrayList<>();
    private final List<Target> elementwise;
    private final Muon muon;
    private final double[] squares;
    private long step;

    Optimizer(Backend backend, ParameterStore store, OptimizerSettings settings) {
        this.backend = backend;
        this.store = store;
        this.settings = settings;
        long bytes = store.allValues().bytes();
        this.first = backend.allocate("optimiser.first", bytes);
        this.second = settings.method() == OptimizerSettings.Method.SGD
                ? DeviceBuffer.absent()
                : backend.allocate("optimiser.second", bytes);
        this.norms = backend.allocate("optimiser.norms", (long) store.values().size() * Double.BYTES);
        backend.fill(first, 0);
        if (!second.isAbsent()) {
            backend.fill(second, 0);
        }
        for (String name : store.values().keySet()) {
            ParameterRole.of(name)
                    .flatMap(settings::role)
                    .ifPresent(role -> targets.add(new Target(
                            name,
                            role,
                            store.value(name),
                            store.gradient(name),
                            store.sliceLike(first, name),
                            second.isAbsent() ? second : store.sliceLike(second, name),
                            norms.slice(name + ".norm", 2L * targets.size(), 2))));
        }
        this.squares = new double[store.values().size()];
        List<Muon.Matrix> filters = new ArrayList<>();
        targets.stream()
                .filter(target -> isFilter(target.name()))
                .forEach(target -> filters.add(matrix(target, 2L * filters.size())));
        this.muon = new Muon(backend, filters, norms, settings.beta1());
        this.elementwise =
                targets.stream().filter(target -> !isFilter(target.name())).toList();
    }

    /** Filters of convolutions are matrices for Muon; a linear layer's would cost more than the pass that it learns from. */
    private boolean isFilter(String name) {
        return settings.method() == OptimizerSettings.Method.MUON
                && store.shape(name).rank() == FILTER_RANK;
    }

    /** @param norm where its norm has its place */
    private Muon.Matrix matrix(Target target, long norm) {
        Shape shape = store.shape(target.name());
        int rows = shape.extent(0);
        return new Muon.Matrix(
                target.name(),
                rows,
                Math.toIntExact(shape.elements() / rows),
                target.settings(),
                target.value(),
                target.gradient(),
                target.first(),
                target.second(),
                norms.slice(target.name() + ".norm", norm, 2));
    }

    /**
     * One update with all learning rates multiplied by a factor.
     *
     * @throws NotFiniteException naming the first parameter whose gradient is not finite; nothing is updated then
     */
    void update(double rateFactor, DeviceBuffer scratch) {
        for (Target target : targets) {
            backend.sumOfSquares(target.gradient(), target.norm(), scratch);
        }
        backend.download(norms, squares);
        double total = 0;
        for (int index = 0; index < targets.size(); index++) {
            if (!Double.isFinite(squares[index])) {
                throw new NotFiniteException(
                        "the gradient of '" + targets.get(index).name() + "'");
            }
            total += squares[index];
        }
        double norm = Math.sqrt(total);
        double scale =
                settings.gradientNorm() > 0 && norm > settings.gradientNorm() ? settings.gradientNorm() / norm : 1;
        step++;
        for (Target target : elementwise) {
            apply(target, rateFactor, scale);
        }
        muon.update(rateFactor, scale, scratch);
        store.changed();
    }

    private void apply(Target target, double rateFactor, double scale) {
        RoleSettings role = target.settings();
        ParameterUpdate update = new ParameterUpdate(
                role.learningRate() * rateFactor, role.decay(), role.l2(), scale, role.logSpace(), step);
        if (settings.method() != OptimizerSettings.Method.SGD) {
            backend.adamW(
                    update,
                    target.value(),
                    target.gradient(),
                    target.first(),
                    target.second(),
                    settings.beta1(),
                    settings.beta2(),
                    settings.epsilon());
        } else {
            backend.sgd(update, target.value(), target.gradient(), target.first(), settings.beta1(), true);
        }
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
        norms.close();
    }
}
