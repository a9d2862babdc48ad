package org.ambispike.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.ambispike.backend.Backend;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Weights;

/** Gradients in a parameter store against finite differences of a loss. */
public final class GradientCheck {
    private static final int TRIALS = 3;

    private GradientCheck() {}

    /**
     * Compares every parameter's gradient along random directions, where rounding of f32 averages out.
     *
     * @param store holds the weights, and the gradients of the loss there
     * @param largestStep length of a step to either side, of thresholds a fraction of their size
     * @param loss of the weights that the store holds when it is called
     */
    public static void assertSlopes(
            Backend backend,
            ParameterStore store,
            Graph graph,
            Weights weights,
            double largestStep,
            DoubleSupplier loss) {
        SplittableRandom random = new SplittableRandom(12);
        for (String name : graph.parameterShapes().keySet()) {
            HostTensor original = weights.get(name);
            float[] gradient = new float[original.values().length];
            backend.memory().download(store.gradient(name), gradient, 0, gradient.length);
            for (int trial = 0; trial < TRIALS; trial++) {
                float[] direction = new float[gradient.length];
                double analytic = 0;
                double squares = 0;
                for (int index = 0; index < direction.length; index++) {
                    direction[index] = random.nextBoolean() ? 1 : -1;
                    analytic += direction[index] * gradient[index];
                    squares += gradient[index] * gradient[index];
                }
                double step = name.contains("theta") ? 2e-3 * original.values()[0] : largestStep;
                step /= Math.sqrt(direction.length);
                double up = at(store, weights, name, direction, step, loss);
                double down = at(store, weights, name, direction, -step, loss);
                assertThat(analytic)
                        .as("gradient of %s", name)
                        .isCloseTo((up - down) / (2 * step), within(0.02 * Math.sqrt(squares) + 1e-3));
            }
        }
    }

    private static double at(
            ParameterStore store, Weights weights, String name, float[] direction, double step, DoubleSupplier loss) {
        HostTensor moved = weights.get(name).copy();
        for (int index = 0; index < direction.length; index++) {
            moved.values()[index] += (float) (step * direction[index]);
        }
        store.load(weights.with(name, moved));
        double value = loss.getAsDouble();
        store.load(weights);
        return value;
    }
}
