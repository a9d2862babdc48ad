package org.ambispike.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.UpdateStep;

/**
 * Muon (Jordan et al., 2024): a matrix is moved along the orthogonal matrix next to its momentum, so that all of its
 * directions learn at one rate, whatever their gradients' sizes. Steps have a root mean square of 0.2 times the learning
 * rate, which is about that of AdamW, so that both take the same rates (Liu et al., arXiv:2502.16982). Used by the
 * backend's thread.
 */
final class Muon implements AutoCloseable {
    private static final double ROOT_MEAN_SQUARE = 0.2;

    /**
     * A trained matrix.
     *
     * @param value [rows, columns]
     * @param gradient [rows, columns]
     * @param momentum [rows, columns], kept from step to step
     * @param direction [rows, columns], room for that of one step
     */
    record Matrix(
            int rows,
            int columns,
            ParameterUpdate update,
            DeviceBuffer value,
            DeviceBuffer gradient,
            DeviceBuffer momentum,
            DeviceBuffer direction) {
        /** The root mean square of an orthogonal matrix of this shape, times this, is what steps should have. */
        double size() {
            return ROOT_MEAN_SQUARE * Math.sqrt(Math.max(rows, columns));
        }
    }

    private final Backend backend;
    private final List<Matrix> matrices;
    private final double momentum;
    private final DeviceBuffer squares;
    private final Map<List<Integer>, Orthogonaliser> shapes = new HashMap<>();
    private final List<Orthogonaliser> orthogonal = new ArrayList<>();

    /** @param matrices whose buffers are the caller's */
    Muon(Backend backend, List<Matrix> matrices, double momentum) {
        this.backend = backend;
        this.matrices = List.copyOf(matrices);
        this.momentum = momentum;
        this.squares = matrices.isEmpty() ? DeviceBuffer.absent() : backend.allocate("muon.squares", Double.BYTES);
        for (Matrix matrix : matrices) {
            orthogonal.add(shapes.computeIfAbsent(
                    List.of(matrix.rows(), matrix.columns()),
                    shape -> new Orthogonaliser(backend, matrix.rows(), matrix.columns())));
        }
    }

    /** One step of all matrices, on the device. */
    void update(UpdateStep step, DeviceBuffer scratch) {
        for (int index = 0; index < matrices.size(); index++) {
            Matrix matrix = matrices.get(index);
            backend.nesterov(matrix.gradient(), matrix.momentum(), matrix.direction(), momentum, step.clip());
            backend.sumOfSquares(matrix.direction(), squares, scratch);
            backend.unit(matrix.direction(), squares);
            orthogonal.get(index).apply(matrix.direction());
            backend.muonMove(matrix.update(), step, matrix.value(), matrix.direction(), matrix.size());
        }
    }

    @Override
    public void close() {
        shapes.values().forEach(Orthogonaliser::close);
        squares.close();
    }
}
