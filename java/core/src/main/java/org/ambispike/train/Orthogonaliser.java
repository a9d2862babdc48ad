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
    private final LinearKernel outer;
    private final LinearKernel square;
    private final DeviceBuffer outerWeights;
    private final DeviceBuffer squareWeights;
    private final DeviceBuffer scratch;
    private final DeviceBuffer gram;
    private final DeviceBuffer polynomial;
    private final DeviceBuffer product;

    Orthogonaliser(Backend backend, int rows, int columns) {
        this.backend = backend;
        this.wide = rows <= columns;
        int side = Math.min(rows, columns);
        String label = "orthogonal " + rows + " x " + columns;
        // its weights are X, [outputs, inputs], or where X is tall the symmetric matrix that X is multiplied with
        this.outer = backend.linear().planMatMul(label, rows, columns, side, true);
        this.square = backend.linear().planMatMul(label + " square", side, side, side, false);
        this.outerWeights = allocate(label + " weights", outer.ownBytes());
        this.squareWeights = allocate(label + " square weights", square.ownBytes());
        this.scratch = allocate(label + " scratch", Math.max(outer.scratchBytes(), square.scratchBytes()));
        this.gram = allocate(label + " gram", (long) side * side * Float.BYTES);
        this.polynomial = allocate(label + " polynomial", (long) side * side * Float.BYTES);
        this.product = allocate(label + " product", (long) rows * columns * Float.BYTES);
        outer.attach(outerWeights, scratch);
        square.attach(squareWeights, scratch);
    }

    /** At least a number, where a kernel wants nothing. */
    private DeviceBuffer allocate(String label, long bytes) {
        return backend.memory().allocate(label, Math.max(bytes, Float.BYTES));
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
            backend.linear().scale(polynomial, C);
            backend.linear().scale(gram, B);
            backend.linear().add(polynomial, gram, polynomial);
            if (wide) {
                outer.backwardData(polynomial, product);
            } else {
                outer.prepareWeights(polynomial);
                outer.forward(matrix, DeviceBuffer.absent(), product);
            }
            backend.linear().scale(matrix, A);
            backend.linear().add(matrix, product, matrix);
        }
    }

    @Override
    public void close() {
        outer.close();
        square.close();
        outerWeights.close();
        squareWeights.close();
        scratch.close();
        gram.close();
        polynomial.close();
        product.close();
    }
}
