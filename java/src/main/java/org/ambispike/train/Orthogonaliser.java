package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;

/**
 * Replaces a matrix by nearly the orthogonal one next to it, whose singular values are all 1: five steps of a Newton-Schulz
 * iteration X = a X + (b A + c A A) X with A = X X', whose coefficients (Jordan et al., "Muon", 2024) carry singular
 * values of a matrix of norm 1 to between 0.7 and 1.2. All products are the backend's, in its precision. Planned for one
 * shape; used by the backend's thread.
 */
final class Orthogonaliser implements AutoCloseable {
    private static final int STEPS = 5;
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;

    private final Backend backend;
    private final boolean wide;
    private final int side;
    private final long elements;
    private final LinearKernel outer;
    private final LinearKernel square;
    private final DeviceBuffer own;
    private final DeviceBuffer scratch;
    private final DeviceBuffer gram;
    private final DeviceBuffer polynomial;
    private final DeviceBuffer product;

    Orthogonaliser(Backend backend, int rows, int columns) {
        this.backend = backend;
        this.wide = rows <= columns;
        this.side = Math.min(rows, columns);
        this.elements = (long) rows * columns;
        String label = "orthogonal " + rows + " x " + columns;
        // its weights are X, [outputs, inputs], or where X is tall the symmetric matrix that X is multiplied with
        this.outer = backend.planMatMul(label, rows, columns, side, true);
        this.square = backend.planMatMul(label + " square", side, side, side, false);
        long squareFloats = (long) side * side;
        long first = floats(outer.ownBytes());
        this.own = backend.allocate(label + " weights", bytes(first + floats(square.ownBytes())));
        long shared = Math.max(floats(outer.scratchBytes()), floats(square.scratchBytes()));
        this.scratch = backend.allocate(label + " scratch", bytes(shared));
        this.gram = backend.allocate(label + " gram", bytes(squareFloats));
        this.polynomial = backend.allocate(label + " polynomial", bytes(squareFloats));
        this.product = backend.allocate(label + " product", bytes(elements));
        outer.attach(own, scratch);
        square.attach(own.slice(label + " square weights", first, own.floats() - first), scratch);
    }

    /** Up to a whole number of cache lines, where the next array begins. */
    private static long floats(long bytes) {
        return (bytes + 63) / 64 * 16;
    }

    private static long bytes(long floats) {
        return Math.max(floats, 16) * Float.BYTES;
    }

    /** @param matrix [rows, columns] of Frobenius norm at most 1, overwritten; zeros stay zeros */
    void apply(DeviceBuffer matrix) {
        for (int step = 0; step < STEPS; step++) {
            if (wide) {
                outer.prepareWeights(matrix);
                outer.forward(matrix, DeviceBuffer.absent(), gram);
            } else {
                outer.backwardWeights(matrix, matrix, gram, DeviceBuffer.absent());
            }
            square.prepareWeights(gram);
            square.forward(gram, DeviceBuffer.absent(), polynomial);
            backend.scale(polynomial, C);
            backend.scale(gram, B);
            backend.add(polynomial, gram, polynomial);
            if (wide) {
                outer.backwardData(polynomial, product);
            } else {
                outer.prepareWeights(polynomial);
                outer.forward(matrix, DeviceBuffer.absent(), product);
            }
            backend.scale(matrix, A);
            backend.add(matrix, product, matrix);
        }
    }

    @Override
    public void close() {
        outer.close();
        square.close();
        own.close();
        scratch.close();
        gram.close();
        polynomial.close();
        product.close();
    }
}
