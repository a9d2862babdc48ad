package org.ambispike.contract;

import org.ambispike.backend.ActivationLayout;
import org.ambispike.graph.Op.ActivationKind;

/** The ANN's neuron in double. */
final class ReferenceActivation {
    private final ActivationLayout layout;

    ReferenceActivation(ActivationLayout layout) {
        this.layout = layout;
    }

    record Gradient(double[] x, double[] parameters) {}

    double[] forward(double[] x, double[] parameters) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double f = leaky(x[i], slope(parameters, i));
            double thetaP = theta(parameters, 0, i);
            double thetaN = theta(parameters, 1, i);
            y[i] = switch (layout.kind()) {
                case LEAKY -> f;
                case CLIPPED -> Math.min(Math.max(f, -thetaN), thetaP);
                case QUANTISED -> thetaP * level(Math.max(f, 0), thetaP) - thetaN * level(Math.max(-f, 0), thetaN);
            };
        }
        return y;
    }

    /** Rounding counts as straight through; a threshold moves what is clipped to it, and the levels between. */
    Gradient backward(double[] x, double[] parameters, double[] gradY) {
        int channels = layout.channels();
        Gradient out = new Gradient(new double[x.length], new double[2 * channels]);
        for (int i = 0; i < x.length; i++) {
            double f = leaky(x[i], slope(parameters, i));
            double g = gradY[i];
            double thetaP = theta(parameters, 0, i);
            double thetaN = theta(parameters, 1, i);
            int c = i % channels;
            if (layout.kind() != ActivationKind.LEAKY && f > thetaP) {
                out.parameters[c] += g;
            } else if (layout.kind() != ActivationKind.LEAKY && f < -thetaN) {
                out.parameters[channels + c] -= g;
            } else {
                out.x[i] = x[i] > 0 ? g : slope(parameters, i) * g;
                if (layout.kind() == ActivationKind.QUANTISED) {
                    out.parameters[c] += g * (level(Math.max(f, 0), thetaP) - Math.max(f, 0) / thetaP);
                    out.parameters[channels + c] -= g * (level(Math.max(-f, 0), thetaN) - Math.max(-f, 0) / thetaN);
                }
            }
        }
        return out;
    }

    private static double leaky(double x, double slope) {
        return x > 0 ? x : slope * x;
    }

    private double slope(double[] parameters, int element) {
        int channels = layout.channels();
        return parameters[parameters.length - channels + element % channels];
    }

    /** The share of the levels whose middle is below the magnitude: a tie is rounded down, for firing is strict. */
    private double level(double magnitude, double theta) {
        int passed = 0;
        for (int k = 0; k < layout.levels(); k++) {
            double moved = magnitude * layout.levels() + layout.dither() * noise(magnitude) * theta;
            passed += moved > (k + 0.5) * theta ? 1 : 0;
        }
        return (double) passed / layout.levels();
    }

    /** In [-1, 1), of the bits of the float. */
    private static double noise(double magnitude) {
        int bits = Float.floatToRawIntBits((float) magnitude) * (int) 2654435761L;
        bits ^= bits >>> 15;
        bits *= (int) 2246822519L;
        bits ^= bits >>> 13;
        return magnitude == 0 ? 0 : (bits >>> 8) / (double) (1 << 23) - 1;
    }

    private double theta(double[] parameters, int which, int element) {
        return layout.kind() == ActivationKind.LEAKY
                ? Double.NaN
                : parameters[which * layout.channels() + element % layout.channels()];
    }
}
