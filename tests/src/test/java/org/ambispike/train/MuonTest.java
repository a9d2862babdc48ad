package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against a slow one in double precision. */
class MuonTest {
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
    static double[] reference(double[] start, int rows, int columns) {
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

    static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int index = 0; index < values.length; index++) {
            result[index] = values[index];
        }
        return result;
    }
}
