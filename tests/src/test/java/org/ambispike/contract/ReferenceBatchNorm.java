package org.ambispike.contract;

/** Batch normalisation in doubles, as written in Ioffe and Szegedy (2015), without any sum of squares. */
final class ReferenceBatchNorm {
    private final int rows;
    private final int channels;
    private final double epsilon;

    ReferenceBatchNorm(int rows, int channels, double epsilon) {
        this.rows = rows;
        this.channels = channels;
        this.epsilon = epsilon;
    }

    double[] means(double[] x) {
        double[] means = new double[channels];
        for (int i = 0; i < x.length; i++) {
            means[i % channels] += x[i] / rows;
        }
        return means;
    }

    /** Over the number of rows, not one less. */
    double[] variances(double[] x) {
        double[] means = means(x);
        double[] variances = new double[channels];
        for (int i = 0; i < x.length; i++) {
            double distance = x[i] - means[i % channels];
            variances[i % channels] += distance * distance / rows;
        }
        return variances;
    }

    double[] training(double[] x, double[] gamma, double[] beta) {
        return inference(x, gamma, beta, means(x), variances(x));
    }

    double[] inference(double[] x, double[] gamma, double[] beta, double[] mean, double[] variance) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % channels;
            y[i] = gamma[c] * (x[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) + beta[c];
        }
        return y;
    }

    /** The mean over channels of eq. 23, with the parameters in one array, [gamma, beta]. */
    static double eta(double[] parameters, double epsilon) {
        int channels = parameters.length / 2;
        double sum = 0;
        for (int c = 0; c < channels; c++) {
            sum += Math.pow(Math.abs(parameters[c]), 3) / Math.pow(Math.abs(parameters[channels + c]) + epsilon, 3);
        }
        return sum / channels;
    }
}
