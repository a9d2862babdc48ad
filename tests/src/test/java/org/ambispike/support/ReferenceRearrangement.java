package org.ambispike.support;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;

/** What puts values of one image together, in another order, or maps them linearly: slow and obvious, in double. */
public final class ReferenceRearrangement {
    private ReferenceRearrangement() {}

    /** @param inputs [H, W, C] or [F] each, as the shapes say */
    public static double[] of(Op op, List<Shape> shapes, List<double[]> inputs) {
        if (op instanceof Op.Add) {
            double[] sum = inputs.get(0).clone();
            Arrays.setAll(sum, index -> sum[index] + inputs.get(1)[index]);
            return sum;
        }
        if (op instanceof Op.Concat) {
            return join(shapes, inputs, shape -> shape.extent(-1));
        }
        if (op instanceof Op.Outputs) {
            return join(shapes, inputs, shape -> (int) shape.elements());
        }
        if (op instanceof Op.DepthToSpace blocks) {
            return depthToSpace(blocks, shapes.get(0), inputs.get(0));
        }
        if (op instanceof Op.Resample map) {
            return resample(map, inputs.get(0));
        }
        throw new IllegalArgumentException("no reference for " + op);
    }

    /** @param width how many values of a row come together */
    private static double[] join(List<Shape> shapes, List<double[]> inputs, ToIntFunction<Shape> width) {
        int rows = inputs.get(0).length / width.applyAsInt(shapes.get(0));
        return IntStream.range(0, rows)
                .boxed()
                .flatMapToDouble(
                        row -> IntStream.range(0, inputs.size()).boxed().flatMapToDouble(index -> IntStream.range(
                                        0, width.applyAsInt(shapes.get(index)))
                                .mapToDouble(c -> inputs.get(index)[row * width.applyAsInt(shapes.get(index)) + c])))
                .toArray();
    }

    private static double[] depthToSpace(Op.DepthToSpace op, Shape shape, double[] x) {
        int height = shape.extent(0);
        int width = shape.extent(1);
        int channels = shape.extent(2) / (op.down() * op.across());
        double[] y = new double[x.length];
        for (int row = 0; row < height * op.down(); row++) {
            for (int column = 0; column < width * op.across(); column++) {
                for (int c = 0; c < channels; c++) {
                    int block = row % op.down() * op.across() + column % op.across();
                    int place = row / op.down() * width + column / op.across();
                    y[(row * width * op.across() + column) * channels + c] =
                            x[place * shape.extent(2) + block * channels + c];
                }
            }
        }
        return y;
    }

    /** @return [places, extent] */
    public static double[][] matrix(SampledAxis axis) {
        double[][] matrix = new double[axis.places()][axis.extent()];
        for (int place = 0; place < matrix.length; place++) {
            if (axis.isUnchanged()) {
                matrix[place][place] = 1;
                continue;
            }
            SampledAxis.Window window = axis.windows().get(place);
            for (int index = 0; index < window.weights().size(); index++) {
                matrix[place][window.first() + index] = window.weights().get(index);
            }
        }
        return matrix;
    }

    private static double[] resample(Op.Resample op, double[] x) {
        return resample(matrix(op.down()), matrix(op.across()), matrix(op.channels()), x);
    }

    /** Multiplies one image [H, W, C] by a matrix along each axis. */
    public static double[] resample(double[][] down, double[][] across, double[][] channels, double[] x) {
        int depth = channels[0].length;
        double[] rows = along(down, across[0].length * depth, x);
        return along(channels, 1, along(across, depth, rows));
    }

    /** @param x [any, extent, inner] */
    private static double[] along(double[][] matrix, int inner, double[] x) {
        int extent = matrix[0].length;
        double[] y = new double[x.length / extent * matrix.length];
        for (int index = 0; index < y.length; index++) {
            int outer = index / inner / matrix.length;
            for (int at = 0; at < extent; at++) {
                y[index] +=
                        matrix[index / inner % matrix.length][at] * x[(outer * extent + at) * inner + index % inner];
            }
        }
        return y;
    }
}
