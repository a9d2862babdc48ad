package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.support.CallCounts;
import org.ambispike.support.TaughtNetwork;
import org.ambispike.train.OptimizerSettings.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call for each role does to every parameter, to the last bit, what a call for each parameter does. */
class OptimizerTest {
    private static final int STEPS = 4;
    private static final double MOMENTUM = 0.9;
    private static final AdamSettings ADAM = new AdamSettings(MOMENTUM, 0.999, 1e-8);
    private static final double LIMIT = 0.5;
    private static final Map<ParameterRole, RoleSettings> ROLES = Map.of(
            ParameterRole.WEIGHTS, RoleSettings.plain(0.01, 0.1),
            ParameterRole.BIASES, RoleSettings.plain(0.02, 0),
            ParameterRole.THRESHOLDS, RoleSettings.relative(0.01, 1e-3),
            ParameterRole.POTENTIALS, RoleSettings.plain(0.03, 0));
    private static final Op ACTIVATION = TaughtNetwork.activation();
    /** Odd lengths, two filters of one shape, and a matrix large enough for two threads. */
    private static final TaughtNetwork NETWORK = TaughtNetwork.of(
            new Graph(List.of(
                    new Node("image", new Op.Input(Shape.of(5, 5, 3)), List.of()),
                    new Node("conv1", new Op.Conv2d(new ConvGeometry(5, 5, 3, 7, 3, 1, 1)), List.of("image")),
                    new Node("act1", ACTIVATION, List.of("conv1")),
                    new Node("conv2", new Op.Conv2d(new ConvGeometry(5, 5, 7, 7, 3, 1, 1)), List.of("act1")),
                    new Node("act2", ACTIVATION, List.of("conv2")),
                    new Node("conv3", new Op.Conv2d(new ConvGeometry(5, 5, 7, 7, 3, 1, 1)), List.of("act2")),
                    new Node("act3", ACTIVATION, List.of("conv3")),
                    new Node("fc1", new Op.Linear(175, 201), List.of("act3")),
                    new Node("act4", ACTIVATION, List.of("fc1")),
                    new Node("fc2", new Op.Linear(201, 3), List.of("act4")))),
            1);

    @TempDir
    private Path folder;

    private static OptimizerSettings settings(Method method) {
        return new OptimizerSettings(method, MOMENTUM, ADAM.beta2(), ADAM.epsilon(), LIMIT, ROLES);
    }

    private static Graph graph() {
        return NETWORK.student().graph();
    }

    private static Weights start() {
        return NETWORK.student().weights();
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void aRoleIsUpdatedAsItsParametersOneByOne(Method method) {
        Map<String, HostTensor> expected;
        try (Backend backend = CpuBackend.open(Precision.F32, 2);
                Separate separate = new Separate(backend, method)) {
            for (int step = 1; step <= STEPS; step++) {
                separate.step(step);
            }
            expected = separate.values();
        }
        expected.forEach((name, tensor) -> assertThat(tensor).as(name).isNotEqualTo(start().get(name)));
        CallCounts calls = new CallCounts();
        try (Backend backend = calls.of(CpuBackend.open(Precision.F32, 2));
                ParameterStore store = ParameterStore.create(backend, graph(), start(), true);
                StepScalars numbers = new StepScalars(backend);
                Optimizer optimizer = new Optimizer(backend, store, settings(method), numbers)) {
            numbers.allocate();
            for (int step = 1; step <= STEPS; step++) {
                for (String name : store.values().keySet()) {
                    float[] gradient = gradient(name, store.shape(name), step);
                    backend.memory().upload(gradient, 0, gradient.length, store.gradient(name));
                }
                optimizer.begin(1.0 / step);
                numbers.handOver();
                calls.reset();
                optimizer.update();
                assertCalls(calls, method);
                numbers.fetch();
                optimizer.finish();
            }
            assertThat(store.weights().tensors()).isEqualTo(expected);
        }
    }

    private static void assertCalls(CallCounts calls, Method method) {
        boolean muon = method == Method.MUON;
        assertThat(calls.count("sgd")).isEqualTo(method == Method.SGD ? ROLES.size() : 0);
        assertThat(calls.count("adamW")).isEqualTo(method == Method.SGD ? 0 : ROLES.size());
        assertThat(calls.count("sumsOfSquares")).isEqualTo(muon ? 2 : 1);
        for (String part : List.of("nesterov", "unit", "muonMove")) {
            assertThat(calls.count(part)).as(part).isEqualTo(muon ? 1 : 0);
        }
    }

    /** Their norm is beyond the limit. */
    private static float[] gradient(String name, Shape shape, int step) {
        SplittableRandom random = new SplittableRandom(name.hashCode() + 31L * step);
        float[] gradient = new float[Math.toIntExact(shape.elements())];
        for (int index = 0; index < gradient.length; index++) {
            gradient[index] = (float) random.nextDouble(-0.1, 0.1);
        }
        return gradient;
    }

    /** Every parameter with buffers of its own, and calls of its own. */
    private static final class Separate implements AutoCloseable {
        private record Parameter(
                Shape shape,
                ParameterUpdate update,
                DeviceBuffer value,
                DeviceBuffer gradient,
                DeviceBuffer first,
                DeviceBuffer second,
                Segments whole) {}

        private final Backend backend;
        private final Method method;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final List<DeviceBuffer> buffers = new ArrayList<>();
        private final DeviceBuffer squares;
        private final DeviceBuffer square;
        private final DeviceBuffer size;
        private final DeviceBuffer scratch;
        private final UpdateStep now;

        Separate(Backend backend, Method method) {
            this.backend = backend;
            this.method = method;
            graph().parameterShapes().forEach((name, shape) -> {
                RoleSettings role = ROLES.get(ParameterRole.of(name).orElseThrow());
                long floats = shape.elements();
                Segments whole = Segments.upload(backend, name, List.of(new Segments.Range(0, floats)));
                buffers.add(whole.table());
                parameters.put(
                        name,
                        new Parameter(
                                shape,
                                new ParameterUpdate(role.learningRate(), role.decay(), role.l2(), role.logSpace()),
                                allocate(name, floats),
                                allocate(name, floats),
                                allocate(name, floats),
                                allocate(name, floats),
                                whole));
                float[] values = start().get(name).values();
                backend.memory()
                        .upload(values, 0, values.length, parameters.get(name).value());
            });
            this.squares = allocate("squares", 2L * parameters.size());
            this.square = allocate("square", 2);
            this.size = allocate("size", 2);
            this.scratch = allocate("scratch", backend.memory().scratchBytes(1) / Float.BYTES);
            this.now = new UpdateStep(
                    allocate("schedule", 2L * UpdateStep.SCHEDULE_NUMBERS),
                    allocate("clip", 2L * UpdateStep.CLIP_NUMBERS));
        }

        private DeviceBuffer allocate(String label, long floats) {
            DeviceBuffer buffer = backend.memory().allocate(label, floats * Float.BYTES);
            backend.memory().fill(buffer, 0);
            buffers.add(buffer);
            return buffer;
        }

        void step(int step) {
            backend.memory().upload(UpdateStep.schedule(1.0 / step, ADAM.beta1(), ADAM.beta2(), step), now.schedule());
            int index = 0;
            for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
                Parameter parameter = entry.getValue();
                float[] gradient = gradient(entry.getKey(), parameter.shape(), step);
                backend.memory().upload(gradient, 0, gradient.length, parameter.gradient());
                DeviceBuffer result = squares.slice("square", 2L * index++, 2);
                backend.optimizer().sumsOfSquares(parameter.gradient(), parameter.whole(), result, scratch);
            }
            backend.optimizer().clip(squares, squares, LIMIT, now.clip());
            parameters.values().forEach(this::apply);
        }

        private void apply(Parameter each) {
            if (method == Method.SGD) {
                backend.optimizer()
                        .sgd(each.update(), now, each.value(), each.gradient(), each.first(), MOMENTUM, true);
            } else if (method == Method.MUON && each.shape().rank() == 4) {
                int rows = each.shape().extent(0);
                int columns = Math.toIntExact(each.shape().elements() / rows);
                backend.memory().upload(new double[] {0.2 * Math.sqrt(Math.max(rows, columns))}, size);
                backend.optimizer().nesterov(each.gradient(), each.first(), each.second(), MOMENTUM, now.clip());
                backend.optimizer().sumsOfSquares(each.second(), each.whole(), square, scratch);
                backend.optimizer().unit(each.second(), each.whole(), square);
                try (Orthogonaliser orthogonaliser = new Orthogonaliser(backend, rows, columns)) {
                    orthogonaliser.apply(each.second());
                }
                backend.optimizer().muonMove(each.update(), now, each.value(), each.second(), each.whole(), size);
            } else {
                backend.optimizer()
                        .adamW(each.update(), now, each.value(), each.gradient(), each.first(), each.second(), ADAM);
            }
        }

        Map<String, HostTensor> values() {
            Map<String, HostTensor> values = new LinkedHashMap<>();
            parameters.forEach((name, parameter) -> {
                HostTensor tensor = HostTensor.filled(parameter.shape(), 0);
                backend.memory().download(parameter.value(), tensor.values(), 0, tensor.values().length);
                values.put(name, tensor);
            });
            return values;
        }

        @Override
        public void close() {
            buffers.forEach(DeviceBuffer::close);
        }
    }

    @Test
    void aSliceHoldsAllOfARoleAndNothingElse() {
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, graph(), start(), true)) {
            assertThat(List.copyOf(store.values().keySet()))
                    .as("names are in the order of the graph")
                    .isEqualTo(List.copyOf(graph().parameterShapes().keySet()));
            for (ParameterRole role : ParameterRole.values()) {
                List<String> names = store.values().keySet().stream()
                        .filter(name -> ParameterRole.of(name).equals(Optional.of(role)))
                        .toList();
                long own = names.stream()
                        .mapToLong(name -> store.value(name).floats())
                        .sum();
                long floats = store.sliceLike(store.allValues(), names).floats();
                assertThat(floats).as(role.label()).isBetween(own, own + 16L * names.size());
            }
            List<String> apart = List.of("conv1.weight", "conv1.bias");
            assertThatThrownBy(() -> store.sliceLike(store.allValues(), apart))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("conv1.bias");
        }
    }

    /** Before parameters had names in checkpoints, each kind was one tensor. */
    @Test
    void aCheckpointOfAnEarlierVersionIsRefused() {
        Path file = folder.resolve("checkpoint");
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, graph(), start(), true);
                StepScalars numbers = new StepScalars(backend);
                Optimizer optimizer = new Optimizer(backend, store, settings(Method.SGD), numbers);
                MovingAverage average = new MovingAverage(backend, store, 0, numbers)) {
            Shape all = Shape.of(Math.toIntExact(store.allValues().floats()));
            CheckpointFiles.write(
                    file,
                    new Checkpoint(
                            Map.of("fingerprint", "same", "epoch", "1", "step", "1", "averageUpdates", "0"),
                            Map.of(
                                    "parameters", HostTensor.filled(all, 0),
                                    "optimiser.first", HostTensor.filled(all, 0))));
            StageCheckpoint checkpoint = new StageCheckpoint(file, "same", true);
            assertThatThrownBy(() -> checkpoint.resume(backend, store, optimizer, average))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("run without --resume to start anew");
            assertThat(store.weights().tensors()).isEqualTo(start().tensors());
        }
    }
}
