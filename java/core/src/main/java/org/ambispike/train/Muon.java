package org.ambispike.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.UpdateStep;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Shape;

/**
 * Muon (Jordan et al., 2024): a matrix is moved along the orthogonal matrix next to its momentum, so that all of its
 * directions learn at one rate, whatever their gradients' sizes. Steps have a root mean square of 0.2 times the learning
 * rate, which is about that of AdamW, so that both take the same rates (Liu et al., arXiv:2502.16982). Used by the
 * backend's thread.
 */
final class Muon implements AutoCloseable {
    private static final double ROOT_MEAN_SQUARE = 0.2;

    private final Backend backend;
    private final ParameterStore store;
    private final ParameterGroup filters;
    private final DeviceBuffer directions;
    private final double momentum;
    private final SquareSums squareSums;
    private final DeviceBuffer squares;
    private final DeviceBuffer sizes;
    private final Map<Matrix, Orthogonaliser> orthogonalisers = new HashMap<>();
    private final List<Runnable> iterations = new ArrayList<>();

    /** The shape of a filter as a matrix. */
    private record Matrix(int rows, int columns) {
        static Matrix of(Shape shape) {
            int rows = shape.extent(0);
            return new Matrix(rows, Math.toIntExact(shape.elements() / rows));
        }

        /** The root mean square of an orthogonal matrix of this shape, times this, is what steps should have. */
        double size() {
            return ROOT_MEAN_SQUARE * Math.sqrt(Math.max(rows, columns));
        }
    }

    /**
     * Plans and allocates.
     *
     * @param filters whose first moment is the momentum, kept from step to step, and whose second moment is room for the
     *     directions of one step
     * @param directions the buffer of all second moments
     */
    Muon(Backend backend, ParameterStore store, ParameterGroup filters, DeviceBuffer directions, double momentum) {
        this.backend = backend;
        this.store = store;
        this.filters = filters;
        this.directions = directions;
        this.momentum = momentum;
        double[] steps = filters.names().stream()
                .mapToDouble(name -> matrix(name).size())
                .toArray();
        this.squareSums = new SquareSums(backend, store, "muon", filters.names());
        this.squares = backend.memory().allocate("muon.squares", (long) steps.length * Double.BYTES);
        this.sizes = backend.memory().allocate("muon.sizes", (long) steps.length * Double.BYTES);
        backend.memory().upload(steps, sizes);
        for (String name : filters.names()) {
            Orthogonaliser orthogonaliser = orthogonalisers.computeIfAbsent(
                    matrix(name), shape -> new Orthogonaliser(backend, shape.rows(), shape.columns()));
            DeviceBuffer direction = store.sliceLike(directions, name);
            iterations.add(() -> orthogonaliser.apply(direction));
        }
    }

    private Matrix matrix(String name) {
        return Matrix.of(store.shape(name));
    }

    /** Moves all filters by one step, on the device: one call for each part of it, but for the matrix multiplications. */
    void update(UpdateStep step) {
        backend.optimizer().nesterov(filters.gradient(), filters.first(), filters.second(), momentum, step.clip());
        squareSums.apply(directions, squares);
        backend.optimizer().unit(directions, squareSums.tensors(), squares);
        iterations.forEach(Runnable::run);
        backend.optimizer()
                .muonMove(filters.update(), step, store.allValues(), directions, squareSums.tensors(), sizes);
    }

    @Override
    public void close() {
        orthogonalisers.values().forEach(Orthogonaliser::close);
        squareSums.close();
        squares.close();
        sizes.close();
    }
}
