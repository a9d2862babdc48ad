package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.paper.Initialisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against a slow one in double precision. */
class MuonTest {
    private static final double RATE = 0.01;
    private static final double DECAY = 0.1;
    private static final double MOMENTUM = 0.9;
    private static final Graph GRAPH = new Graph(List.of(
            new Node("input", new Op.Input(Shape.of(5, 5, 3)), List.of()),
            new Node("conv1", new Op.Conv2d(new ConvGeometry(5, 5, 3, 6, 3, 1, 1)), List.of("input")),
            new Node("conv2", new Op.Conv2d(new ConvGeometry(5, 5, 6, 9, 1, 1, 0)), List.of("conv1")),
            new Node("fc1", new Op.Linear(225, 3), List.of("conv2"))));

    @ParameterizedTest
    @CsvSource({"7,19", "19,7", "12,12", "1,9", "9,1", "33,70"})
    void aMatrixBecomesNearlyOrthogonal(int rows, int columns) {
        double[] start = matrix(rows * columns, 3);
        double norm = norm(start);
        float[] scaled = new float[start.length];
        double[] exact = new double[start.length];
        for (int index = 0; index < start.length; index++) {
            scaled[index] = (float) (start[index] / norm);
            exact[index] = scaled[index];
        }
        float[] result = orthogonalised(scaled, rows, columns);
        assertThat(doubles(result)).containsExactly(reference(exact, rows, columns), within(1e-4));

        // the length of X'v, or of Xv, lies between the least and the greatest singular value
        double[] direction = matrix(Math.min(rows, columns), 8);
        double length = rows <= columns
                ? norm(product(direction, doubles(result), 1, rows, columns))
                : norm(product(doubles(result), direction, rows, columns, 1));
        assertThat(length / norm(direction)).isBetween(0.6, 1.3);
    }

    @Test
    void aMatrixOfZerosStaysOne() {
        assertThat(orthogonalised(new float[24], 4, 6)).containsOnly(0);
    }

    /** Filters go along the orthogonal matrix, in steps of 0.2 times the rate; all else as with AdamW. */
    @Test
    void twoStepsAreThoseOfTheReference() {
        Weights start = Initialisation.uniform(GRAPH, 4);
        Map<ParameterRole, RoleSettings> roles = Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(RATE, DECAY),
                ParameterRole.BIASES, RoleSettings.plain(RATE, 0));
        Weights adam = stepped(OptimizerSettings.adamW(roles), start);
        Weights muon = stepped(OptimizerSettings.adamW(roles).with(OptimizerSettings.Method.MUON), start);
        for (String same : List.of("conv1.bias", "conv2.bias", "fc1.weight", "fc1.bias")) {
            assertThat(muon.get(same)).as(same).isEqualTo(adam.get(same));
        }
        for (String filter : List.of("conv1.weight", "conv2.weight")) {
            Shape shape = start.get(filter).shape();
            int rows = shape.extent(0);
            int columns = Math.toIntExact(shape.elements() / rows);
            double[] weights = doubles(start.get(filter).values());
            double[] momentum = new double[weights.length];
            for (int step = 1; step <= 2; step++) {
                double[] direction = new double[weights.length];
                double[] gradient = doubles(gradient(filter, weights.length, step));
                for (int index = 0; index < weights.length; index++) {
                    momentum[index] = MOMENTUM * momentum[index] + gradient[index];
                    direction[index] = gradient[index] + MOMENTUM * momentum[index];
                }
                double norm = norm(direction);
                for (int index = 0; index < weights.length; index++) {
                    direction[index] /= norm;
                }
                double[] orthogonal = reference(direction, rows, columns);
                double size = 0.2 * Math.sqrt(Math.max(rows, columns)) * RATE;
                for (int index = 0; index < weights.length; index++) {
                    weights[index] = weights[index] * (1 - RATE * DECAY) - size * orthogonal[index];
                }
            }
            assertThat(doubles(muon.get(filter).values())).as(filter).containsExactly(weights, within(1e-5));
        }
    }

    private static Weights stepped(OptimizerSettings settings, Weights start) {
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            try (ParameterStore store = ParameterStore.create(backend, GRAPH, start, true);
                    StepScalars numbers = new StepScalars(backend);
                    Optimizer optimizer = new Optimizer(backend, store, settings, numbers)) {
                numbers.allocate();
                long allocations = backend.memory().allocations();
                for (int step = 1; step <= 2; step++) {
                    for (String name : store.values().keySet()) {
                        DeviceBuffer buffer = store.gradient(name);
                        float[] gradient = gradient(name, Math.toIntExact(buffer.floats()), step);
                        backend.memory().upload(gradient, 0, gradient.length, buffer);
                    }
                    optimizer.begin(1);
                    numbers.handOver();
                    optimizer.update();
                    numbers.fetch();
                    optimizer.finish();
                }
                assertThat(backend.memory().allocations()).isEqualTo(allocations);
                return store.weights();
            } finally {
                assertThat(backend.memory().liveBytes()).isZero();
            }
        }
    }

    /** Small enough that their norm is not bounded. */
    private static float[] gradient(String name, int count, int step) {
        SplittableRandom random = new SplittableRandom(name.hashCode() + 31L * step);
        float[] gradient = new float[count];
        for (int index = 0; index < count; index++) {
            gradient[index] = (float) random.nextDouble(-0.1, 0.1);
        }
        return gradient;
    }

    private static float[] orthogonalised(float[] start, int rows, int columns) {
        float[] result = new float[start.length];
        try (Backend backend = CpuBackend.open(Precision.F32, 2)) {
            try (DeviceBuffer matrix = backend.memory().allocate("matrix", (long) start.length * Float.BYTES);
                    Orthogonaliser orthogonaliser = new Orthogonaliser(backend, rows, columns)) {
                backend.memory().upload(start, 0, start.length, matrix);
                orthogonaliser.apply(matrix);
                backend.memory().download(matrix, result, 0, result.length);
            }
            assertThat(backend.memory().liveBytes()).isZero();
        }
        return result;
    }

    /** Five steps with the products on the left, whatever the shape. */
    private static double[] reference(double[] start, int rows, int columns) {
        double[] x = start.clone();
        for (int step = 0; step < 5; step++) {
            double[] gram = product(x, transposed(x, rows, columns), rows, columns, rows);
            double[] square = product(gram, gram, rows, rows, rows);
            double[] polynomial = new double[gram.length];
            for (int index = 0; index < gram.length; index++) {
                polynomial[index] = -4.7750 * gram[index] + 2.0315 * square[index];
            }
            double[] moved = product(polynomial, x, rows, rows, columns);
            for (int index = 0; index < x.length; index++) {
                x[index] = 3.4445 * x[index] + moved[index];
            }
        }
        return x;
    }

    private static double[] product(double[] a, double[] b, int rows, int inner, int columns) {
        double[] c = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                for (int k = 0; k < inner; k++) {
                    c[row * columns + column] += a[row * inner + k] * b[k * columns + column];
                }
            }
        }
        return c;
    }

    private static double[] transposed(double[] a, int rows, int columns) {
        double[] t = new double[a.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                t[column * rows + row] = a[row * columns + column];
            }
        }
        return t;
    }

    private static double[] matrix(int count, long seed) {
        return new SplittableRandom(seed).doubles(count, -1, 1).toArray();
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int index = 0; index < values.length; index++) {
            result[index] = values[index];
        }
        return result;
    }
}
