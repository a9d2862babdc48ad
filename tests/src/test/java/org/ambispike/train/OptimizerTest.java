package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
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

/** One call for each role does to every parameter what the reference in double does to each by itself. */
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
        Map<String, double[]> expected = reference(method);
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
            expected.forEach((name, values) -> {
                assertThat(MuonTest.doubles(store.weights().get(name).values()))
                        .as(name)
                        .containsExactly(values, within(2e-5));
                assertThat(store.weights().get(name)).as("%s moves", name).isNotEqualTo(start().get(name));
            });
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

    /** What every parameter becomes, each by itself. */
    private static Map<String, double[]> reference(Method method) {
        Map<String, Shape> shapes = graph().parameterShapes();
        Map<String, Moments> parameters = new LinkedHashMap<>();
        shapes.keySet()
                .forEach(name -> parameters.put(
                        name, Moments.of(MuonTest.doubles(start().get(name).values()))));
        for (int step = 1; step <= STEPS; step++) {
            int now = step;
            Map<String, double[]> gradients = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> gradients.put(name, MuonTest.doubles(gradient(name, shape, now))));
            double norm = MuonTest.norm(
                    gradients.values().stream().flatMapToDouble(Arrays::stream).toArray());
            assertThat(norm).as("is bounded").isGreaterThan(LIMIT);
            shapes.forEach((name, shape) -> {
                double[] gradient = gradients.get(name);
                Arrays.setAll(gradient, index -> gradient[index] * LIMIT / norm);
                RoleSettings role = ROLES.get(ParameterRole.of(name).orElseThrow());
                boolean filter = method == Method.MUON && shape.rank() == 4;
                parameters
                        .get(name)
                        .move(
                                role,
                                method == Method.MUON && !filter ? Method.ADAMW : method,
                                gradient,
                                shape.extent(0),
                                now);
            });
        }
        Map<String, double[]> values = new LinkedHashMap<>();
        parameters.forEach((name, moments) -> values.put(name, moments.values()));
        return values;
    }

    /** A parameter and the moments of its gradient. */
    private record Moments(double[] values, double[] first, double[] second) {
        static Moments of(double... values) {
            return new Moments(values, new double[values.length], new double[values.length]);
        }

        void move(RoleSettings role, Method method, double[] gradient, int rows, int step) {
            boolean adam = method == Method.ADAMW;
            double[] direction = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                double scale = role.logSpace() ? values[i] : 1;
                double g = method == Method.MUON ? gradient[i] : (gradient[i] + 2 * role.l2() * values[i]) * scale;
                first[i] = MOMENTUM * first[i] + (adam ? 1 - MOMENTUM : 1) * g;
                second[i] = ADAM.beta2() * second[i] + (1 - ADAM.beta2()) * g * g;
                direction[i] = adam
                        ? first[i]
                                / (1 - Math.pow(MOMENTUM, step))
                                / (Math.sqrt(second[i] / (1 - Math.pow(ADAM.beta2(), step))) + ADAM.epsilon())
                        : g + MOMENTUM * first[i];
            }
            if (method == Method.MUON) {
                int columns = values.length / rows;
                double norm = MuonTest.norm(direction);
                Arrays.setAll(direction, i -> direction[i] / norm);
                double[] orthogonal = MuonTest.reference(direction, rows, columns);
                double size = 0.2 * Math.sqrt(Math.max(rows, columns));
                Arrays.setAll(direction, i -> size * orthogonal[i]);
            }
            double rate = role.learningRate() / step;
            Arrays.setAll(
                    values,
                    i -> role.logSpace()
                            ? values[i] * Math.exp(-rate * direction[i])
                            : values[i] - rate * direction[i] - rate * role.decay() * values[i]);
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
