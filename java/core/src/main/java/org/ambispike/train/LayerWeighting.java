package org.ambispike.train;

import java.util.Locale;

/** How much each layer's loss counts as calibration progresses (eq. 25-30). */
public enum LayerWeighting {
    /** phi = cos(pi/2 (l/L - p)), eq. 27; at least 0.01, since it is 0 for l = L at p = 0. */
    COSINE {
        @Override
        double raw(double position) {
            return Math.max(FLOOR, Math.cos(Math.PI / 2 * position));
        }
    },
    /** phi = mu (1 - sigma(mu x)) sigma(mu x), eq. 28-30. */
    SIGMOID {
        @Override
        double raw(double position) {
            double sigma = 1 / (1 + Math.exp(-MU * position));
            return MU * (1 - sigma) * sigma;
        }
    },
    /** phi = 1, eq. 25. */
    AVERAGE {
        @Override
        double raw(double position) {
            return 1;
        }
    };

    private static final double FLOOR = 0.01;
    /** The paper leaves mu open; at 6 the least weight is a tenth of the greatest, near enough to the cosine's span. */
    private static final double MU = 6;

    /** phi as a function of x = l/L - p. */
    abstract double raw(double position);

    /**
     * The weights of all layers, which sum to 1 (eq. 26).
     *
     * @param layers L, the logits included
     * @param progress p in [0, 1]
     */
    public double[] weights(int layers, double progress) {
        double[] weights = new double[layers];
        double sum = 0;
        for (int layer = 1; layer <= layers; layer++) {
            weights[layer - 1] = raw(layer / (double) layers - progress);
            sum += weights[layer - 1];
        }
        for (int index = 0; index < layers; index++) {
            weights[index] /= sum;
        }
        return weights;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
