package org.ambispike.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RecordedWork;

/**
 * Muon (Jordan et al., 2024): a matrix is moved along the orthogonal matrix next to its momentum, so that all of its
 * directions learn at one rate, whatever their gradients' sizes. Steps have a root mean square of 0.2 times the learning
 * rate, which is about that of AdamW, so that both take the same rates (Liu et al., arXiv:2502.16982). Used by the
 * backend's thread.
 */
final class Muon implements AutoCloseable {
    private static final double ROOT_MEAN_SQUARE = 0.2;
    private static final double SMALLEST_NORM = 1e-12;

    /**
     * A trained matrix.
     *
     * @param value [rows, columns]
     * @param gradient [rows, columns]
     * @param momentum [rows, columns], kept from step to step
     * @param direction [rows, columns], room for that of one step
     * @param norm [1] double
     */
    record Matrix(
            String name,
            int rows,
            int columns,
            RoleSettings settings,
            DeviceBuffer value,
            DeviceBuffer gradient,
            DeviceBuffer momentum,
            DeviceBuffer direction,
            DeviceBuffer norm) {}

    private final Backend backend;
    private final List<Matrix> matrices;
    private final double momentum;
    private final DeviceBuffer norms;
    private final double[] squares;
    private final Map<List<Integer>, Orthogonaliser> shapes = new HashMap<>();
    private final List<RecordedWork> orthogonal = new ArrayList<>();

    /** @param norms [matrices] doubles, of which the matrices' norms are slices, in their order; the caller's, as all buffers */
    Muon(Backend backend, List<Matrix> matrices, DeviceBuffer norms, double momentum) {
        this.backend = backend;
        this.matrices = List.copyOf(matrices);
        this.norms = norms;
        this.momentum = momentum;
        this.squares = new double[matrices.size()];
        for (Matrix matrix : matrices) {
            Orthogonaliser planned = shapes.computeIfAbsent(
                    List.of(matrix.rows(), matrix.columns()),
                    shape -> new Orthogonaliser(backend, matrix.rows(), matrix.columns()));
            orthogonal.add(backend.record(
                    "orthogonal " + matrix.name(),
                    List.of(matrix.direction()),
                    () -> planned.apply(matrix.direction())));
        }
    }

    /**
     * One step of all matrices; their gradients are overwritten.
     *
     * @param rateFactor on the learning rates
     * @param scale on the gradients
     */
    void update(double rateFactor, double scale, DeviceBuffer scratch) {
        for (Matrix matrix : matrices) {
            turn(matrix, scale);
            backend.sumOfSquares(matrix.direction(), matrix.norm(), scratch);
        }
        if (matrices.isEmpty()) {
            return;
        }
        backend.download(norms, squares);
        for (int index = 0; index < matrices.size(); index++) {
            Matrix matrix = matrices.get(index);
            backend.scale(matrix.direction(), 1 / (Math.sqrt(squares[index]) + SMALLEST_NORM));
            orthogonal.get(index).run();
            double rate = matrix.settings().learningRate() * rateFactor;
            double size = ROOT_MEAN_SQUARE * Math.sqrt(Math.max(matrix.rows(), matrix.columns()));
            backend.scale(matrix.direction(), -rate * size);
            backend.scale(matrix.value(), 1 - rate * matrix.settings().decay());
            backend.add(matrix.value(), matrix.direction(), matrix.value());
        }
    }

    /** Nesterov's: direction = g + mu m, after m = mu m + g. */
    private void turn(Matrix matrix, double scale) {
        backend.scale(matrix.gradient(), scale);
        backend.scale(matrix.momentum(), momentum);
        backend.add(matrix.momentum(), matrix.gradient(), matrix.momentum());
        backend.copy(matrix.momentum(), matrix.direction());
        backend.scale(matrix.direction(), momentum);
        backend.add(matrix.direction(), matrix.gradient(), matrix.direction());
    }

    @Override
    public void close() {
        orthogonal.forEach(RecordedWork::close);
        shapes.values().forEach(Orthogonaliser::close);
    }
}
